import type { OpCase } from "../../conformance.js";
import type { Random } from "../../random.js";
import { gatherLastOp } from "./op.js";

const indices = (count: number, T: number) => (random: Random) =>
  Int32Array.from({ length: count }, (_, i) => (i % 5 === 4 ? -1 : random.integer(T)));

export const gatherLastCases: OpCase[] = [
  [1, 3, 2],
  [4, 100, 37],
].flatMap(([rows, T, k]) =>
  [0, Number.NEGATIVE_INFINITY].map((fill) => ({
    op: gatherLastOp,
    name: `[${rows},${T}] k=${k} fill ${fill}`,
    inputs: [
      { shape: [rows!, T!], grad: true },
      { shape: [rows!, k!], dtype: "i32" as const, values: indices(rows! * k!, T!) },
    ],
    attrs: { fill },
  })),
);
