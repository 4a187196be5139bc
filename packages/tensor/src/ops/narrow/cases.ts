import type { OpCase } from "../../conformance.js";
import { narrowOp } from "./op.js";

export const narrowCases: OpCase[] = [
  { shape: [4], axis: 0, start: 1, length: 2 },
  { shape: [3, 5, 7], axis: 1, start: 0, length: 3 },
  { shape: [3, 5, 7], axis: 2, start: 4, length: 3 },
  { shape: [200, 4, 96], axis: 2, start: 32, length: 64 },
].map(({ shape, ...attrs }) => ({
  op: narrowOp,
  name: `[${shape}] axis ${attrs.axis}`,
  inputs: [{ shape, grad: true }],
  attrs,
}));
