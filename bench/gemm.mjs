// Matrix products against OpenBLAS, interleaved: both sides see the same noise, and the best of all rounds counts.
//   node bench/gemm.mjs [--filter text] [--rounds 6] [--threads n] [--json]
// `npm run build` first. Without OpenBLAS only our side is measured, and the output says so.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Context, cpuInstructionSet, createDevice, Random, setThreads } from "../packages/tensor/dist/index.js";
import {
  groupedLinearInputGradientOp,
  groupedLinearOp,
  groupedLinearWeightGradientOp,
} from "../packages/tensor/dist/ops/grouped-linear/op.js";
import { headLinearOp } from "../packages/tensor/dist/ops/head-linear/op.js";
import { linearInputGradientOp, linearOp, linearWeightGradientOp } from "../packages/tensor/dist/ops/linear/op.js";
import { settleMilliseconds, startPeers } from "./peer.mjs";
import { circumstances, commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    filter: { type: "string", default: "" },
    rounds: { type: "string", default: "6" },
    ...commonOptions,
  },
});
const threads = Number(options.threads);
const rounds = Number(options.rounds);
const secondsPerRound = 0.05;

const random = new Random(1);
/** One period of random values, repeated: large inputs cost no time to make. */
const noise = Float32Array.from({ length: 65_521 }, () => random.normal());
const f32 = (shape) => ({ shape, dtype: "f32" });

/** A case: the op, its inputs, and the cblas_sgemm calls that do the same. */
function product(name, op, inputs, { m, n, k, transA = 0, transB = 0, ...layout }, attrs = {}) {
  const peer = { lda: transA ? m : k, ldb: transB ? k : n, ldc: n, batch: 1, a: 0, b: 0, c: 0, ...layout };
  return { name, op, inputs, attrs, flops: 2 * m * n * k * peer.batch, peer: { m, n, k, transA, transB, ...peer } };
}

const forward = (name, M, K, N) => product(name, linearOp, [f32([M, K]), f32([N, K])], { m: M, n: N, k: K, transB: 1 });
const inputGradient = (name, M, K, N) =>
  product(name, linearInputGradientOp, [f32([M, N]), f32([N, K])], { m: M, n: K, k: N });
const weightGradient = (name, M, K, N) =>
  product(name, linearWeightGradientOp, [f32([M, N]), f32([M, K])], { m: N, n: K, k: M, transA: 1 });

function grouped(name, op, groups, rows, K, N, kind) {
  const offsets = {
    shape: [groups + 1],
    dtype: "i32",
    values: Int32Array.from({ length: groups + 1 }, (_, i) => i * rows),
  };
  const [x, w, y] = [f32([groups * rows, K]), f32([groups, N, K]), f32([groups * rows, N])];
  const strides = { x: rows * K, w: N * K, y: rows * N };
  const layouts = {
    forward: { m: rows, n: N, k: K, transB: 1, a: strides.x, b: strides.w, c: strides.y },
    input: { m: rows, n: K, k: N, a: strides.y, b: strides.w, c: strides.x },
    weight: { m: N, n: K, k: rows, transA: 1, a: strides.y, b: strides.x, c: strides.w },
  };
  const inputs = { forward: [x, w], input: [y, w], weight: [y, x] }[kind];
  const [first, ...others] = inputs;
  const ordered = kind === "forward" ? [first, offsets, ...others] : [...inputs, offsets];
  return product(name, op, ordered, { ...layouts[kind], batch: groups });
}

const heads = (rows, H, A, B) =>
  product(
    `head ${rows} rows, ${H} heads, ${A} to ${B}`,
    headLinearOp,
    [f32([rows, H, A]), f32([H, A, B])],
    { m: rows, n: B, k: A, lda: H * A, ldc: H * B, batch: H, a: A, b: A * B, c: B },
    { transposeWeight: false },
  );

function decode(M, K, N, dtype) {
  const made = product(`decode ${dtype} ${M} x ${K} to ${N}`, linearOp, [f32([M, K]), { shape: [N, K], dtype }], {
    ...{ m: M, n: N, k: K, transB: 1 },
  });
  const bytes = (dtype === "bf16" ? 2 : 4) * K * N;
  return { ...made, bytes, ...(dtype === "bf16" ? { peer: undefined } : {}) };
}

/** Tokens, in, out. */
const training = [
  [4096, 256, 256],
  [4096, 256, 64],
  [4096, 64, 512],
  [4096, 512, 256],
  [8192, 256, 768],
  [2048, 1024, 1024],
  [2048, 256, 4096],
];
const cases = [
  ...[512, 1024, 2048].map((n) => forward(`square ${n}`, n, n, n)),
  ...[512, 1024, 2048].map((n) => {
    const { inputs, ...rest } = forward(`square ${n}, bf16 weights`, n, n, n);
    return { ...rest, inputs: [inputs[0], { ...inputs[1], dtype: "bf16" }] };
  }),
  ...training.map(([M, K, N]) => forward(`forward ${M} x ${K} to ${N}`, M, K, N)),
  ...training.map(([M, K, N]) => inputGradient(`input gradient ${M} x ${K} to ${N}`, M, K, N)),
  ...training.map(([M, K, N]) => weightGradient(`weight gradient ${M} x ${K} to ${N}`, M, K, N)),
  ...[
    [16, 100, 256, 128],
    [16, 1024, 256, 128],
    [32, 256, 128, 256],
  ].flatMap(([X, rows, K, N]) => [
    grouped(`grouped forward ${X} x ${rows}, ${K} to ${N}`, groupedLinearOp, X, rows, K, N, "forward"),
    grouped(
      `grouped input gradient ${X} x ${rows}, ${K} to ${N}`,
      groupedLinearInputGradientOp,
      X,
      rows,
      K,
      N,
      "input",
    ),
    grouped(
      `grouped weight gradient ${X} x ${rows}, ${K} to ${N}`,
      groupedLinearWeightGradientOp,
      X,
      rows,
      K,
      N,
      "weight",
    ),
  ]),
  heads(4096, 8, 64, 128),
  heads(4096, 16, 32, 32),
  heads(2048, 4, 128, 64),
  ...[1, 4, 8].flatMap((M) => ["f32", "bf16"].map((dtype) => decode(M, 1024, 4096, dtype))),
  decode(1, 256, 256, "f32"),
  decode(1, 256, 256, "bf16"),
].filter(({ name }) => name.includes(options.filter));

function makeInput(ctx, { shape, dtype, values }) {
  const size = shape.reduce((a, b) => a * b, 1);
  if (values) return ctx.from(dtype, shape, values);
  const tensor = ctx.own(ctx.device.empty(dtype, shape));
  const bits = Uint16Array.from(new Uint32Array(noise.buffer), (word) => word >>> 16);
  const source = dtype === "bf16" ? bits : noise;
  for (let at = 0; at < size; at += source.length)
    tensor.data.set(source.subarray(0, Math.min(source.length, size - at)), at);
  return tensor;
}

/** Best seconds of one call within the time of a round. */
function timeOurs(once) {
  once();
  let start = performance.now();
  once();
  const inner = Math.max(1, Math.floor(0.2 / Math.max(performance.now() - start, 1e-4)));
  let best = Number.POSITIVE_INFINITY;
  const until = performance.now() + secondsPerRound * 1000;
  do {
    start = performance.now();
    for (let i = 0; i < inner; i++) once();
    best = Math.min(best, (performance.now() - start) / inner / 1000);
  } while (performance.now() < until);
  return best;
}

const peers = await startPeers(threads);
setThreads(threads);
const device = createDevice("cpu");
const peakFlops = peers[0] ? (await peers[0].ask(`peak ${threads}`)).flops : undefined;
const report = {
  ...circumstances(threads, cpuInstructionSet()),
  openblas: peers.map(({ core, config }) => ({ core, config })),
  peakGflops: peakFlops && peakFlops / 1e9,
  /** @type {object[]} */
  results: [],
};
if (!options.json) {
  console.log(`${report.machine}, ${threads} threads, ours: ${report.instructionSet}`);
  for (const { core, config } of peers) console.log(`OpenBLAS ${core}: ${config}`);
  if (peakFlops) console.log(`FMA peak: ${(peakFlops / 1e9).toFixed(0)} GFLOP/s`);
  const title = ["ours", ...peers.map(({ core }) => core)].map((text) => text.padStart(10)).join("");
  console.log(`\n${"GFLOP/s".padEnd(44)}${title}${"ratio".padStart(8)}${"of peak".padStart(9)}${"GB/s".padStart(7)}`);
}

for (const { name, op, inputs, attrs, flops, peer, ...measured } of cases) {
  const bytes = "bytes" in measured ? measured.bytes : undefined;
  const ctx = new Context(device);
  const tensors = inputs.map((input) => makeInput(ctx, input));
  const once = () => ctx.release(ctx.run1(op, tensors, attrs));
  let ours = Number.POSITIVE_INFINITY;
  const theirs = peers.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    ours = Math.min(ours, timeOurs(once));
    for (const [i, { ask }] of peers.entries()) {
      if (!peer) continue;
      const { transA, transB, m, n, k, lda, ldb, ldc, batch, a, b, c } = peer;
      const request = [transA, transB, m, n, k, lda, ldb, ldc, batch, a, b, c, secondsPerRound];
      theirs[i] = Math.min(theirs[i], (await ask(`gemm ${request.join(" ")}`)).seconds);
      await sleep(settleMilliseconds);
    }
  }
  ctx.dispose();
  const compared = peer && peers.length > 0;
  const result = {
    name,
    gflops: flops / ours / 1e9,
    microseconds: ours * 1e6,
    ...(compared
      ? { peerGflops: theirs.map((seconds) => flops / seconds / 1e9), ratio: Math.min(...theirs) / ours }
      : {}),
    ...(peakFlops ? { ofPeak: flops / ours / peakFlops } : {}),
    ...(bytes ? { weightGigabytesPerSecond: bytes / ours / 1e9 } : {}),
  };
  report.results.push(result);
  if (options.json) continue;
  const column = (value, width, digits) => (value === undefined ? "-" : value.toFixed(digits)).padStart(width);
  console.log(
    name.padEnd(44) +
      column(result.gflops, 10, 1) +
      peers.map((_, i) => column(result.peerGflops?.[i], 10, 1)).join("") +
      column(result.ratio, 8, 2) +
      column(result.ofPeak, 9, 2) +
      column(result.weightGigabytesPerSecond, 7, 1),
  );
}
for (const { end } of peers) end();
publish(report, options, () => undefined);
