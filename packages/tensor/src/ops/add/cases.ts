import type { OpCase } from "../../conformance.js";
import { addOp } from "./op.js";

export const addCases: OpCase[] = [[1], [3, 7], [2, 70_001]].map((shape) => ({
  op: addOp,
  name: `[${shape}]`,
  inputs: [
    { shape, grad: true },
    { shape, grad: true },
  ],
  attrs: {},
}));
