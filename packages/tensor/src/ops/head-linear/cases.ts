import type { OpCase } from "../../conformance.js";
import { bf16Values } from "../linear/cases.js";
import { headLinearOp } from "./op.js";

/** rows, heads, in, out */
const sizes = [
  [1, 1, 1, 1],
  [1, 4, 16, 32],
  [7, 3, 5, 9],
  [45, 4, 33, 40],
] as const;

export const headLinearCases: OpCase[] = sizes.flatMap(([N, H, A, B]) => [
  ...[false, true].map((transposeWeight) => ({
    op: headLinearOp,
    name: `[${N},${H},${A}] to ${B}${transposeWeight ? " transposed" : ""}`,
    inputs: [
      { shape: [N, H, A], grad: true },
      { shape: transposeWeight ? [H, B, A] : [H, A, B], grad: true },
    ],
    attrs: { transposeWeight },
  })),
  {
    op: headLinearOp,
    name: `[${N},${H},${A}] to ${B} bf16`,
    inputs: [{ shape: [N, H, A] }, { shape: [H, B, A], dtype: "bf16" as const, values: bf16Values(H * A * B) }],
    attrs: { transposeWeight: true },
  },
]);
