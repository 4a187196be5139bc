import type { OpCase } from "../../conformance.js";
import { quantizeRows } from "../../quantized-rows.js";
import type { Random } from "../../random.js";
import { linearOp } from "./op.js";

/** Normal values as bf16 bit patterns. */
export function bf16Values(size: number) {
  return (random: Random): Uint16Array => {
    const values = Float32Array.from({ length: size }, () => random.normal());
    return Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16);
  };
}

/** Rows of 8-bit weights. */
export function rowsOf8Bits(rows: number, width: number) {
  return (random: Random): Uint8Array =>
    quantizeRows(
      Float32Array.from({ length: rows * width }, () => random.normal()),
      width,
    );
}

/** rows, in, out */
const sizes = [
  [1, 1, 1],
  [3, 5, 7],
  [1, 96, 160],
  [2, 33, 70],
  [13, 64, 33],
  [50, 300, 65],
  [130, 96, 520],
  [40, 450, 100],
  [8, 97, 35],
] as const;

export const linearCases: OpCase[] = [
  ...sizes.map(([rows, K, N]) => ({
    op: linearOp,
    name: `[${rows},${K}] x [${N},${K}]`,
    inputs: [
      { shape: [rows, K], grad: true },
      { shape: [N, K], grad: true },
    ],
    attrs: {},
  })),
  ...sizes.map(([rows, K, N]) => ({
    op: linearOp,
    name: `[${rows},${K}] x bf16 [${N},${K}]`,
    inputs: [
      { shape: [rows, K], grad: true },
      { shape: [N, K], dtype: "bf16" as const, values: bf16Values(N * K) },
    ],
    attrs: {},
  })),
  ...sizes.map(([rows, K, N]) => ({
    op: linearOp,
    name: `[${rows},${K}] x 8-bit [${N},${K}]`,
    inputs: [{ shape: [rows, K] }, { shape: [N, K + 4], dtype: "u8" as const, values: rowsOf8Bits(N, K) }],
    attrs: {},
  })),
  {
    op: linearOp,
    name: "three weights of both kinds",
    inputs: [
      { shape: [6, 40], grad: true },
      { shape: [33, 40], grad: true },
      { shape: [18, 40], dtype: "bf16" as const, values: bf16Values(18 * 40) },
      { shape: [7, 40], grad: true },
    ],
    attrs: {},
  },
  ...[512, 1024, 2048].map((n) => ({
    op: linearOp,
    name: `${n}^3`,
    inputs: [{ shape: [n, n] }, { shape: [n, n] }],
    attrs: {},
    benchOnly: true,
  })),
];
