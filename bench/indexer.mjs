// Indexer and top-k over 8-bit keys against a straightforward C++ version, interleaved.
//   node bench/indexer.mjs [--threads n] [--rounds 3] [--json]
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import {
  BLOCK_SIZE,
  Context,
  cpuInstructionSet,
  createDevice,
  indexCacheWrite,
  indexSelect,
  KEY_GROUP,
  Random,
  setThreads,
} from "../packages/tensor/dist/index.js";
import { compile } from "./compile.mjs";
import { circumstances, commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    ...commonOptions,
  },
});
const threads = Number(options.threads);
setThreads(threads);
const device = createDevice("cpu");
const random = new Random(1);
const [heads, dim, k] = [32, 64, 2048];

/** Best seconds of one call. */
function timeOurs(rows, tokens) {
  const ctx = new Context(device);
  const normal = (shape) =>
    ctx.from(
      "f32",
      shape,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    );
  const blocks = tokens / BLOCK_SIZE;
  const pool = ctx.own(device.empty("u8", [tokens / KEY_GROUP, dim, KEY_GROUP]));
  const scales = ctx.own(device.empty("f32", [tokens / KEY_GROUP, KEY_GROUP]));
  for (let at = 0; at < tokens; at += 4096) {
    const slots = Int32Array.from({ length: Math.min(4096, tokens - at) }, (_, i) => at + i);
    indexCacheWrite(ctx, pool, scales, normal([slots.length, dim]), ctx.from("i32", [slots.length], slots));
  }
  const paged = {
    sequence: ctx.from("i32", [rows], new Int32Array(rows)),
    position: ctx.from("i32", [rows], new Int32Array(rows).fill(tokens - 1)),
    blocks: ctx.from(
      "i32",
      [1, blocks],
      Int32Array.from({ length: blocks }, (_, i) => i),
    ),
  };
  const [q, weights] = [normal([rows, heads, dim]), normal([rows, heads])];
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 4; round++) {
    const began = performance.now();
    ctx.release(indexSelect(ctx, q, weights, pool, scales, paged, { k, scale: 1 }));
    best = Math.min(best, (performance.now() - began) / 1000);
  }
  ctx.dispose();
  return best;
}

const peer = compile("indexer-peer", { optimize: "-Ofast" });
const results = [];
for (const tokens of [32_768, 131_072])
  for (const rows of [1, 64]) {
    let [ours, theirs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < Number(options.rounds); round++) {
      ours = Math.min(ours, timeOurs(rows, tokens));
      if (!peer) continue;
      const args = [rows, tokens, heads, dim, k, threads, 1].map(String);
      theirs = Math.min(theirs, Number(spawnSync(peer, args, { encoding: "utf8" }).stdout));
    }
    const gops = (2 * rows * tokens * heads * dim) / ours / 1e9;
    results.push({
      rows,
      tokens,
      milliseconds: ours * 1000,
      gops,
      peerMilliseconds: theirs * 1000,
      ratio: theirs / ours,
    });
  }
const report = { ...circumstances(threads, cpuInstructionSet()), heads, dim, k, results };
publish(report, options, () => {
  console.log(`${heads} heads of ${dim}, top ${k}, ${threads} threads, load ${report.load}\n`);
  console.log(
    `${"indexer + top-k".padEnd(28)}${"ours ms".padStart(10)}${"GOP/s".padStart(8)}${"C++ ms".padStart(10)}${"ratio".padStart(8)}`,
  );
  for (const { rows, tokens, milliseconds, gops, peerMilliseconds, ratio } of results)
    console.log(
      `${rows} rows over ${tokens}`.padEnd(28) +
        milliseconds.toFixed(2).padStart(10) +
        gops.toFixed(0).padStart(8) +
        peerMilliseconds.toFixed(1).padStart(10) +
        ratio.toFixed(1).padStart(8),
    );
});
