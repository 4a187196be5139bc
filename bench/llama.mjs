// The same weights in cachalot and in llama.cpp, interleaved: prefill of 512 tokens and decoding at several depths.
//   node bench/llama/install.mjs
//   node bench/llama.mjs [--checkpoint DIR] [--depths 0,2048,8192] [--rounds 2] [--threads n] [--json]
// Without --checkpoint a model of 143M random parameters is made in data/dsa-100m.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { exportGguf, loadModel } from "../packages/model/dist/index.js";
import { cpuInstructionSet, createDevice, setThreads } from "../packages/tensor/dist/index.js";
import { ensureCheckpoint } from "./checkpoint.mjs";
import { circumstances, commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    checkpoint: { type: "string" },
    depths: { type: "string", default: "0,2048,8192" },
    rounds: { type: "string", default: "2" },
    ...commonOptions,
  },
});
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
if (!existsSync(path("llama/node_modules/node-llama-cpp"))) {
  console.error("llama.cpp is not installed; run `node bench/llama/install.mjs` first");
  process.exit(1);
}
const dir = options.checkpoint ?? ensureCheckpoint();
const gguf = join(dir, "bf16.gguf");
if (!existsSync(gguf)) await exportGguf(dir, gguf, { dtype: "bf16" });

const threads = Number(options.threads);
const depths = options.depths.split(",").map(Number);
const PREFILL = 512;
const DECODE = 16;
const capacity = Math.max(...depths) + PREFILL + 64;

async function startPeer() {
  const child = spawn(process.execPath, [path("llama/peer.mjs"), gguf, String(threads), String(capacity)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("llama.cpp ended early; run bench/llama/peer.mjs by hand");
    return JSON.parse(value);
  };
  await read();
  return {
    ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return read();
    },
    end: () => child.stdin.end(),
  };
}

setThreads(threads);
const model = await loadModel(dir, { device: createDevice("cpu"), dtype: "bf16" });
const cache = model.createCache(capacity);
const ids = (from, count) => Int32Array.from({ length: count }, (_, i) => 10 + (((from + i) * 7919) % 4076));

function atDepth(depth) {
  cache.truncate(depth);
  for (let missing = depth - cache.length; missing > 0; missing = depth - cache.length)
    model.prefill(ids(cache.length, Math.min(missing, PREFILL)), cache);
}

const works = [
  {
    name: "prefill",
    request: (depth) => ({ prefill: PREFILL, depth }),
    run: (depth) => void model.prefill(ids(depth, PREFILL), cache),
    tokens: PREFILL,
    repeats: 1,
  },
  { name: "decode", request: (depth) => ({ decode: DECODE, depth }), run: decodeSome, tokens: 1, repeats: DECODE },
];
function decodeSome(depth) {
  for (let i = 0; i < DECODE; i++) model.decode(ids(depth + i, 1), [cache]);
}

const peer = await startPeer();
const results = [];
for (const depth of depths)
  for (const { name, request, run, tokens, repeats } of works) {
    let [ours, theirs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < Number(options.rounds); round++) {
      atDepth(depth);
      const began = performance.now();
      run(depth);
      ours = Math.min(ours, (performance.now() - began) / 1000 / repeats);
      theirs = Math.min(theirs, (await peer.ask(request(depth))).seconds);
      await sleep(100);
    }
    results.push({ name, depth, tokensPerSecond: tokens / ours, peer: tokens / theirs, ratio: theirs / ours });
  }
peer.end();
const report = {
  ...circumstances(threads, cpuInstructionSet()),
  results,
};
publish(report, options, () => {
  console.log(`${report.machine}, ${threads} threads, ${report.instructionSet}, load ${report.load.toFixed(1)}\n`);
  console.log(
    `${"bf16 weights, tok/s".padEnd(26)}${"cachalot".padStart(10)}${"llama.cpp".padStart(11)}${"ratio".padStart(8)}`,
  );
  for (const { name, depth, tokensPerSecond, peer: rate, ratio } of results)
    console.log(
      `${name} at depth ${depth}`.padEnd(26) +
        tokensPerSecond.toFixed(1).padStart(10) +
        rate.toFixed(1).padStart(11) +
        ratio.toFixed(2).padStart(8),
    );
});
