import type { OpCase } from "../../conformance.js";
import { moeCombineOp } from "./op.js";

export const moeCombineCases: OpCase[] = [
  [1, 1, 3],
  [6, 2, 5],
  [100, 4, 96],
].map(([rows, k, dim]) => ({
  op: moeCombineOp,
  name: `[${rows},${k}] dim ${dim}`,
  inputs: [
    { shape: [rows! * k!, dim!], grad: true },
    // Slots in reverse: a permutation, as a sort gives.
    { shape: [rows!, k!], dtype: "i32", values: Int32Array.from({ length: rows! * k! }, (_, i) => rows! * k! - 1 - i) },
    { shape: [rows!, k!], grad: true },
  ],
  attrs: {},
}));
