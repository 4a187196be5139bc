import type { OpCase } from "../../conformance.js";
import { sampleTokensOp } from "./op.js";

/** temperature, topP, topK, u */
const parameters = [
  [0, 0.95, 0, 0.5],
  [1, 1, 0, 0.1],
  [1, 1, 0, 0.93],
  [0.7, 0.9, 0, 0.77],
  [1.5, 1, 40, 0.31],
  [1, 0.6, 20, 0.5],
  [1, 0.95, 0, 0.999],
  [2, 0.01, 0, 0.9],
];

export const sampleTokensCases: OpCase[] = [
  ...[1, 7, 50, 3000].map((vocab) => ({
    op: sampleTokensOp,
    name: `${parameters.length} rows of ${vocab}`,
    inputs: [
      { shape: [parameters.length, vocab], scale: 3 },
      { shape: [parameters.length, 4], values: parameters.flat() },
    ],
    attrs: {},
  })),
  {
    op: sampleTokensOp,
    name: "ties, NaN and infinities",
    inputs: [
      {
        shape: [4, 4],
        values: [1, 2, 2, 1, Number.NaN, -3, -2, Number.NaN, Number.NaN, -1 / 0, -1 / 0, -1 / 0, 1, 1 / 0, 0, 0],
      },
      { shape: [4, 4], values: [0, 1, 0, 0, 1, 0.5, 0, 0.2, 1, 1, 0, 0.5, 1, 1, 0, 0.5] },
    ],
    attrs: {},
  },
];
