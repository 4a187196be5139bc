import type { OpCase } from "../../conformance.js";
import { softmaxOp } from "./op.js";

export const softmaxCases: OpCase[] = [
  [1, 1],
  [3, 7],
  [2, 5, 300],
].map((shape) => ({
  op: softmaxOp,
  name: `[${shape}]`,
  inputs: [{ shape, grad: true, scale: 5 }],
  attrs: {},
}));
