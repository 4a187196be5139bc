import type { OpCase } from "../../conformance.js";
import { sumSquaresOp } from "./op.js";

export const sumSquaresCases: OpCase[] = [1, 17, 40_000].map((n) => ({
  op: sumSquaresOp,
  name: `n=${n}`,
  inputs: [{ shape: [n] }],
  attrs: {},
}));
