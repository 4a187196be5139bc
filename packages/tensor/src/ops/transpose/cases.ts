import type { OpCase } from "../../conformance.js";
import { transposeOp } from "./op.js";

export const transposeCases: OpCase[] = [
  ...[
    [1, 7],
    [2, 3, 5],
    [3, 16, 16],
    [2, 33, 70],
  ].map((shape) => ({
    op: transposeOp,
    name: `[${shape}]`,
    inputs: [{ shape, grad: true }],
    attrs: {},
  })),
  {
    op: transposeOp,
    name: "[4,17,31] bf16",
    inputs: [{ shape: [4, 17, 31], dtype: "bf16", values: Float64Array.from({ length: 4 * 17 * 31 }, (_, i) => i) }],
    attrs: {},
  },
];
