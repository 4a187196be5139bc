import type { OpCase } from "../../conformance.js";
import { sampleTokensOp } from "./op.js";
import type { SampleTokensAttrs } from "./reference.js";

/** temperature, topP, topK, u, v */
const parameters = [
  [0, 0.95, 0, 0.5, 0.5],
  [1, 1, 0, 0.1, 0.7],
  [1, 1, 0, 0.93, 0.2],
  [0.7, 0.9, 0, 0.77, 0.4],
  [1.5, 1, 40, 0.31, 0.9],
  [1, 0.6, 20, 0.5, 0.1],
  [1, 0.95, 0, 0.999, 0.6],
  [2, 0.01, 0, 0.9, 0.3],
];
const rows = parameters.length;
const parameterInput = { shape: [rows, 5], values: parameters.flat() };
const plain: SampleTokensAttrs = { top: undefined, kept: false };

export const sampleTokensCases: OpCase[] = [
  ...[1, 7, 50, 3000].map((vocab) => ({
    op: sampleTokensOp,
    name: `${rows} rows of ${vocab}, with what could have been drawn`,
    inputs: [{ shape: [rows, vocab], scale: 3 }, parameterInput, undefined, undefined, undefined],
    attrs: { top: Math.min(5, vocab), kept: true },
  })),
  ...[7, 300].map((vocab) => ({
    op: sampleTokensOp,
    name: `drafts of ${vocab} tokens, some rows without one`,
    inputs: [
      { shape: [rows, vocab], scale: 2 },
      parameterInput,
      { shape: [rows], dtype: "i32" as const, values: [2, -1, 5, 3, 6, 0, -1, 4] },
      { shape: [rows], dtype: "i32" as const, values: [0, 0, 1, 2, 0, 1, 0, 2] },
      { shape: [3, vocab], scale: 2 },
    ],
    attrs: { top: 0, kept: true },
  })),
  {
    op: sampleTokensOp,
    name: "ties, NaN and infinities",
    inputs: [
      {
        shape: [4, 4],
        values: [1, 2, 2, 1, Number.NaN, -3, -2, Number.NaN, Number.NaN, -1 / 0, -1 / 0, -1 / 0, 1, 1 / 0, 0, 0],
      },
      { shape: [4, 5], values: [0, 1, 0, 0, 0, 1, 0.5, 0, 0.2, 0, 1, 1, 0, 0.5, 0, 1, 1, 0, 0.5, 0] },
      undefined,
      undefined,
      undefined,
    ],
    attrs: { top: 3, kept: true },
  },
  {
    op: sampleTokensOp,
    name: "16 rows of the published vocabulary",
    inputs: [
      { shape: [16, 129280], scale: 3 },
      { shape: [16, 5], values: Array.from({ length: 16 }, (_, i) => [1, 0.95, 0, (i + 0.5) / 16, 0.5]).flat() },
      undefined,
      undefined,
      undefined,
    ],
    attrs: plain,
    benchOnly: true,
  },
];
