import type { OpCase } from "../../conformance.js";
import { rmsNormOp } from "./op.js";

export const rmsNormCases: OpCase[] = (
  [
    [1, 1],
    [3, 7],
    [2, 5, 96],
    [33, 256],
  ] as const
).map((shape) => ({
  op: rmsNormOp,
  name: `[${shape}]`,
  inputs: [
    { shape, grad: true },
    { shape: [shape.at(-1)!], grad: true },
  ],
  attrs: { epsilon: 1e-6 },
}));
