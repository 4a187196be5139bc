// One round of bench/trees.mjs in one tree: tokens a second of the embedded model in that tree's engine.
//   node bench/trees-engine.mjs TREE [--threads n] --out FILE
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commonOptions, writeFile } from "./report.mjs";

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: commonOptions });
process.env.CACHALOT_THREADS = options.threads;
const [tree] = positionals;
const { startEngine } = await import(join(tree, "packages/engine/dist/index.js"));
const canRecord = existsSync(join(tree, "packages/engine/dist/generated-tokens.js"));

const PROMPT = 2048;
const ANSWER = 128;
const ids = (seed, count) => Array.from({ length: count }, (_, i) => 10 + ((seed * 977 + i * 7919) % 4000));

/**
 * Tokens a second of answers at once, each as often as `times` one after another. Each begins differently, so that none finds another's prefix;
 * some end early, so the tokens that came are counted.
 */
async function rate(engine, { sequences, times, prompt, tokens, record }, seed) {
  let count = 0;
  const one = async (number) => {
    for (let time = 0; time < times; time++) {
      const unique = seed + number * times + time;
      const request = { prompt: ids(unique, prompt), maxTokens: tokens, temperature: 1, topP: 1, seed: unique };
      for await (const event of engine.complete({ ...request, ...(record ? { record } : {}) }))
        if (event.type === "usage") count += tokens === 1 ? event.usage.promptTokens : event.usage.completionTokens;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: sequences }, (_, number) => one(number)));
  return (count * 1000) / (performance.now() - began);
}

const everything = { kept: true, experts: true, selection: true };
/** @type {[name: string, record: object | undefined][]} */
const recordings = [["", undefined]];
if (canRecord) recordings.push([", recording", everything]);
/** @typedef {{ sequences: number, times: number, prompt: number, tokens: number, record: object | undefined }} Load */

/** @type {[name: string, load: Load][]} */
const works = recordings.flatMap(([name, record]) => [
  [`prefill ${PROMPT}${name}`, { sequences: 1, times: 2, prompt: PROMPT, tokens: 1, record }],
  [`decode, 1 sequence${name}`, { sequences: 1, times: 4, prompt: 16, tokens: ANSWER, record }],
  [`decode, 16 sequences${name}`, { sequences: 16, times: 4, prompt: 16, tokens: ANSWER, record }],
]);

const engine = await startEngine(join(tree, "models/embedded"), { maxSequences: 16, draft: false });
const rates = {};
for (let round = 0; round < 4; round++)
  for (const [name, work] of works) {
    const measured = await rate(engine, work, round * 100);
    // The first round warms up.
    if (round > 0) rates[name] = Math.max(rates[name] ?? 0, measured);
  }
await engine.close();
if (options.out) writeFile(options.out, JSON.stringify(rates));
