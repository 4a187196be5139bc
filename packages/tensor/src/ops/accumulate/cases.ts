import type { OpCase } from "../../conformance.js";
import { accumulateOp } from "./op.js";

export const accumulateCases: OpCase[] = [1, 17, 40_000].map((n) => ({
  op: accumulateOp,
  name: `n=${n}`,
  inputs: [{ shape: [n] }, { shape: [n] }],
  attrs: {},
}));
