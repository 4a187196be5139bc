import type { OpCase } from "../../conformance.js";
import { copyRowsOp } from "./op.js";

export const copyRowsCases: OpCase[] = [
  [3, 2, 1, 5],
  [40, 1, 39, 96],
].map(([rows, count, at, width]) => ({
  op: copyRowsOp,
  name: `${count} into [${rows},${width}] at ${at}`,
  inputs: [{ shape: [rows!, width!] }, { shape: [count!, width!] }],
  attrs: { at },
}));
