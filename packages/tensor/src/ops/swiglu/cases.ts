import type { OpCase } from "../../conformance.js";
import { swigluOp } from "./op.js";

export const swigluCases: OpCase[] = [[1], [3, 7], [5, 4001]].map((shape) => ({
  op: swigluOp,
  name: `[${shape}]`,
  inputs: [
    { shape, grad: true, scale: 4 },
    { shape, grad: true },
  ],
  attrs: {},
}));
