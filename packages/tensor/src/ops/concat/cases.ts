import type { OpCase } from "../../conformance.js";
import { concatOp } from "./op.js";

export const concatCases: OpCase[] = [
  [1, 1, 1, 1, 1],
  [5, 3, 4, 3, 2],
  [70, 4, 32, 1, 16],
].map(([rows, heads, p, bHeads, q]) => ({
  op: concatOp,
  name: `[${rows},${heads},${p}] with [${rows},${bHeads},${q}]`,
  inputs: [
    { shape: [rows!, heads!, p!], grad: true },
    { shape: [rows!, bHeads!, q!], grad: true },
  ],
  attrs: {},
}));
