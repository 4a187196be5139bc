import type { OpCase } from "../../conformance.js";
import { sigmoidOp } from "./op.js";

export const sigmoidCases: OpCase[] = [
  ...[[1], [3, 7], [40, 257]].map((shape) => ({
    op: sigmoidOp,
    name: `[${shape}]`,
    inputs: [{ shape, grad: true, scale: 5 }],
    attrs: {},
  })),
  { op: sigmoidOp, name: "extremes", inputs: [{ shape: [4], values: [-200, -90, 90, 200] }], attrs: {} },
];
