import type { OpCase } from "../../conformance.js";
import type { Random } from "../../random.js";
import { topkSelectOp } from "./op.js";

/** Few distinct values, so that ties at the cut are common; some entries masked. */
const tied = (count: number) => (random: Random) =>
  Float64Array.from({ length: count }, () => (random.next() < 0.2 ? Number.NEGATIVE_INFINITY : random.integer(6) - 3));

export const topkSelectCases: OpCase[] = [
  [1, 1, 1],
  [4, 10, 3],
  [7, 300, 64],
  [3, 20, 32],
].flatMap(([rows, T, k]) =>
  [false, true].map((ties) => ({
    op: topkSelectOp,
    name: `${k} of [${rows},${T}]${ties ? " with ties" : ""}`,
    inputs: [{ shape: [rows!, T!], ...(ties ? { values: tied(rows! * T!) } : {}) }],
    attrs: { k },
  })),
);
