import type { OpCase } from "../../conformance.js";
import { weightedSumOp } from "./op.js";

export const weightedSumCases: OpCase[] = [1, 17, 5000].map((n) => ({
  op: weightedSumOp,
  name: `n=${n}`,
  inputs: [{ shape: [n], grad: true }, { shape: [n] }],
  attrs: {},
}));
