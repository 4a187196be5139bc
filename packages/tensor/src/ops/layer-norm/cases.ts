import type { OpCase } from "../../conformance.js";
import { layerNormOp } from "./op.js";

export const layerNormCases: OpCase[] = (
  [
    [2, 3],
    [2, 5, 96],
    [33, 256],
  ] as const
).map((shape) => ({
  op: layerNormOp,
  name: `[${shape}]`,
  inputs: [
    { shape, grad: true },
    { shape: [shape.at(-1)!], grad: true },
    { shape: [shape.at(-1)!], grad: true },
  ],
  attrs: { epsilon: 1e-6 },
}));
