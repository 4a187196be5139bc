// Rollouts of the embedded model in the trainer's own thread: tokens sampled a second by number of sequences and by weights, with recording off
// and on, and the share of the time that drawing tokens takes; and what a training step of GRPO on such rollouts takes.
//   node bench/rollouts.mjs [--sequences 8,32,128] [--tokens 64] [--rounds 3] [--threads n] [--json] [--out FILE]
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openPolicy } from "../packages/engine/dist/index.js";
import { checkpointConfig, loadParameters, loadTokenizer } from "../packages/model/dist/index.js";
import { cpuInstructionSet, createDevice, setThreads } from "../packages/tensor/dist/index.js";
import { circumstances, commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    sequences: { type: "string", default: "8,32,128" },
    tokens: { type: "string", default: "64" },
    rounds: { type: "string", default: "3" },
    ...commonOptions,
  },
});
const [tokens, rounds, threads] = [options.tokens, options.rounds, options.threads].map(Number);
setThreads(threads);

const dir = fileURLToPath(new URL("../models/embedded", import.meta.url));
const device = createDevice("cpu");
const config = await checkpointConfig(dir);
const parameters = await loadParameters(dir, config, device);
const tokenizer = await loadTokenizer(dir);

/** Milliseconds in the op that draws tokens. */
let drawing = 0;
const dispatch = device.dispatch.bind(device);
device.dispatch = (op, ...rest) => {
  if (op.name !== "sample_tokens") return dispatch(op, ...rest);
  const began = performance.now();
  dispatch(op, ...rest);
  drawing += performance.now() - began;
};

/** Free text at temperature 1, the hardest to draw from: many tokens are likely. Each prompt begins differently. */
const prompt = (number) => [0, ...tokenizer.encode(`${number} whales dived and the captain of the ship said that`)];

async function round(policy, sequences, record) {
  drawing = 0;
  let sampled = 0;
  const one = async (number) => {
    const request = { prompt: prompt(number), temperature: 1, topP: 0.95, seed: number, maxTokens: tokens };
    for await (const event of policy.model.complete({ ...request, ...(record ? { record } : {}) }))
      if (event.type === "usage") sampled += event.usage.completionTokens;
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: sequences }, (_, number) => one(number)));
  const ms = performance.now() - began;
  return { rate: (1000 * sampled) / ms, drawing: drawing / ms };
}

const RECORDS = {
  nothing: undefined,
  "log-probabilities": {},
  "+ kept sets": { kept: true },
  "+ experts": { kept: true, experts: true },
  "+ selection": { kept: true, experts: true, selection: true },
};
const results = [];
for (const weights of /** @type {const} */ (["f32", "bf16"]))
  for (const sequences of options.sequences.split(",").map(Number)) {
    const network = { config, parameters };
    const policy = await openPolicy(network, tokenizer, { weights, maxSequences: sequences, contextLength: 256 });
    const best = new Map(Object.keys(RECORDS).map((name) => [name, { rate: 0, drawing: 0 }]));
    // One round more than asked for: the first warms up.
    for (let i = 0; i <= rounds; i++)
      for (const [name, record] of Object.entries(RECORDS)) {
        const measured = await round(policy, sequences, record);
        if (i > 0 && measured.rate > (best.get(name)?.rate ?? 0)) best.set(name, measured);
      }
    await policy.close();
    for (const [recorded, { rate, drawing: share }] of best)
      results.push({ weights, sequences, recorded, tokensPerSecond: rate, drawingShare: share });
  }

publish({ ...circumstances(threads, cpuInstructionSet()), tokens, results }, options, () => {
  console.log("weights  at once  recorded            tokens/s  drawing tokens");
  for (const { weights, sequences, recorded, tokensPerSecond, drawingShare } of results) {
    const cells = [weights.padEnd(7), String(sequences).padStart(7), recorded.padEnd(18)];
    console.log(
      `${cells.join("  ")}  ${tokensPerSecond.toFixed(0).padStart(8)}  ${(100 * drawingShare).toFixed(0).padStart(12)} %`,
    );
  }
});
