// Sixteen answers to prompts that share their first 1000 tokens: at once, one after another, and in llama.cpp at once, which reads the shared
// tokens once as well and copies them to its other sequences.
//   node bench/concurrency.mjs [--sequences 16] [--answer 48] [--threads n] [--rounds 2] [--skip-llama] [--json]
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startEngine } from "../packages/engine/dist/index.js";
import { exportGguf } from "../packages/model/dist/index.js";
import { ensureCheckpoint } from "./checkpoint.mjs";
import { circumstances, commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    sequences: { type: "string", default: "16" },
    answer: { type: "string", default: "48" },
    "skip-llama": { type: "boolean", default: false },
    rounds: { type: "string", default: "2" },
    ...commonOptions,
  },
});
const [sequences, answer, rounds, threads] = [options.sequences, options.answer, options.rounds, options.threads].map(
  Number,
);
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const dir = ensureCheckpoint();
process.env.CACHALOT_THREADS = String(threads);

const SHARED = 1000;
const TAIL = 16;
const token = (i) => 10 + ((i * 7919) % 4000);
const prompt = (id) => Array.from({ length: SHARED + TAIL }, (_, i) => token(i < SHARED ? i : i * 31 + 977 * (id + 1)));
const tokens = sequences * answer;

/** A fresh engine, so that nothing is known of the prompts; seconds of all answers. */
async function ours(together) {
  const engine = await startEngine(dir, {
    weights: "bf16",
    contextLength: 4096,
    maxSequences: together ? sequences : 1,
    maxQueue: sequences,
  });
  const one = async (id) => {
    let generated = 0;
    for await (const event of engine.complete({
      prompt: prompt(id),
      temperature: 1,
      topP: 1,
      seed: id,
      maxTokens: answer,
    }))
      if (event.type === "usage") generated = event.usage.completionTokens;
    return generated;
  };
  const began = performance.now();
  let generated = 0;
  if (together)
    generated = (await Promise.all(Array.from({ length: sequences }, (_, id) => one(id)))).reduce((a, b) => a + b);
  else for (let id = 0; id < sequences; id++) generated += await one(id);
  const seconds = (performance.now() - began) / 1000;
  await engine.close();
  // A random model may end an answer early, though it is unlikely to.
  return (seconds * tokens) / generated;
}

async function llama() {
  const gguf = join(dir, "bf16.gguf");
  if (!existsSync(gguf)) await exportGguf(dir, gguf, { dtype: "bf16" });
  const child = spawn(
    process.execPath,
    [path("llama/peer.mjs"), gguf, String(threads), "2048", "speed", String(sequences)],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => JSON.parse((await lines.next()).value);
  await read();
  const prompts = Array.from({ length: sequences }, (_, id) => prompt(id));
  child.stdin.write(`${JSON.stringify({ concurrent: prompts, answer, shared: SHARED })}\n`);
  const { seconds } = await read();
  child.stdin.end();
  return seconds;
}

const best = { together: Number.POSITIVE_INFINITY, alone: Number.POSITIVE_INFINITY, llama: Number.POSITIVE_INFINITY };
const hasPeer = !options["skip-llama"] && existsSync(path("llama/node_modules/node-llama-cpp"));
for (let round = 0; round < rounds; round++) {
  best.together = Math.min(best.together, await ours(true));
  best.alone = Math.min(best.alone, await ours(false));
  if (hasPeer) best.llama = Math.min(best.llama, await llama());
}
const rate = (seconds) => tokens / seconds;
const report = {
  ...circumstances(threads),
  sequences,
  answer,
  tokensPerSecond: {
    together: rate(best.together),
    alone: rate(best.alone),
    ...(hasPeer ? { llama: rate(best.llama) } : {}),
  },
  timesAlone: best.alone / best.together,
  ...(hasPeer ? { timesLlama: best.llama / best.together } : {}),
};
publish(report, options, () => {
  const { together, alone, llama: theirs } = report.tokensPerSecond;
  console.log(
    `${sequences} answers of ${answer} tokens to prompts of ${SHARED + TAIL} that share ${SHARED}, prompts included:`,
  );
  console.log(`  at once            ${together.toFixed(0).padStart(6)} tok/s`);
  console.log(`  one after another  ${alone.toFixed(0).padStart(6)} tok/s   ratio ${report.timesAlone.toFixed(1)}`);
  if (theirs && report.timesLlama)
    console.log(`  llama.cpp at once  ${theirs.toFixed(0).padStart(6)} tok/s   ratio ${report.timesLlama.toFixed(1)}`);
});
