// What the lens costs: answers generated at once without it, observed (selections and experts), with recall, and with index scores,
// interleaved, on the embedded model. A prompt longer than the indexer selects.
//   node bench/lens.mjs [--sequences 4] [--prompt 1500] [--answer 64] [--weights f32] [--rounds 3] [--threads n] [--json]
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startEngine } from "../packages/engine/dist/index.js";
import { circumstances, commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    sequences: { type: "string", default: "4" },
    prompt: { type: "string", default: "1500" },
    answer: { type: "string", default: "64" },
    rounds: { type: "string", default: "3" },
    weights: { type: "string", default: "f32" },
    ...commonOptions,
  },
});
const [sequences, promptTokens, answer, rounds, threads] = [
  options.sequences,
  options.prompt,
  options.answer,
  options.rounds,
  options.threads,
].map(Number);
const weights = options.weights === "bf16" ? "bf16" : "f32";
process.env.CACHALOT_THREADS = String(threads);

/** @type {Record<string, import("../packages/engine/dist/index.js").ObserveOptions | undefined>} */
const WAYS = { off: undefined, observed: {}, recall: { mass: true }, scores: { scores: true } };

const dir = fileURLToPath(new URL("../models/embedded", import.meta.url));
const engine = await startEngine(dir, { weights, isolation: "process", maxSequences: sequences });
const prompt = (/** @type {number} */ id) =>
  Array.from({ length: promptTokens }, (_, i) => 100 + ((i * 7919 + id * 31) % 3900));

/** Seconds from the first token of all answers to the end. @param {string} way */
async function generate(way) {
  const observe = WAYS[way];
  let began = Number.POSITIVE_INFINITY;
  let tokens = 0;
  await Promise.all(
    Array.from({ length: sequences }, async (_, id) => {
      const request = { prompt: prompt(id), maxTokens: answer, temperature: 1, topP: 1, seed: id, topLogprobs: 0 };
      const steps = observe ? engine.observe({ ...request, observe }) : engine.complete(request);
      for await (const step of steps) {
        if (step.type === "update") tokens += step.logprobs.length;
        else if (step.type === "logprobs") tokens += step.tokens.length;
        else continue;
        began = Math.min(began, performance.now());
      }
    }),
  );
  return tokens / ((performance.now() - began) / 1000);
}

/** @type {Record<string, number>} */
const best = {};
// The first round reads the prompts: later ones find them in the prefix cache, so that decoding is what is measured.
for (let round = 0; round <= rounds; round++)
  for (const way of Object.keys(WAYS)) {
    const speed = await generate(way);
    if (round > 0) best[way] = Math.max(best[way] ?? 0, speed);
  }
await engine.close();

const report = {
  ...circumstances(threads),
  weights,
  sequences,
  promptTokens,
  answer,
  rounds,
  tokensPerSecond: Object.fromEntries(Object.entries(best).map(([way, speed]) => [way, Math.round(speed)])),
};
publish(report, options, () => {
  console.log(`decoding ${sequences} answers of ${answer} tokens behind ${promptTokens}, ${weights}, tokens a second`);
  for (const [way, speed] of Object.entries(best))
    console.log(`  ${way.padEnd(10)}${speed.toFixed(0).padStart(6)}${(speed / best.off).toFixed(2).padStart(8)}`);
});
