import type { OpCase } from "../../conformance.js";
import { distinctExperts } from "../route-weights/cases.js";
import { expertSortOp } from "./op.js";

export const expertSortCases: OpCase[] = [
  [1, 1, 1],
  [5, 8, 2],
  [100, 16, 4],
].map(([rows, experts, k]) => ({
  op: expertSortOp,
  name: `[${rows},${k}] over ${experts}`,
  inputs: [{ shape: [rows!, k!], dtype: "i32", values: distinctExperts(rows!, experts!, k!) }],
  attrs: { experts },
}));
