import type { OpCase } from "../../conformance.js";
import type { Random } from "../../random.js";
import { klDivergenceOp } from "./op.js";

/** Causal rows: row r sees the first r + 1 columns (at least one). */
const masked = (rows: number, T: number) => (random: Random) =>
  Float64Array.from({ length: rows * T }, (_, i) =>
    i % T > Math.floor(i / T) + 1 ? Number.NEGATIVE_INFINITY : random.normal(),
  );

const distributions = (rows: number, T: number) => (random: Random) => {
  const values = Float64Array.from({ length: rows * T }, (_, i) => {
    const r = Math.floor(i / T);
    return i % T > r + 1 || i % 11 === 5 ? 0 : random.next() ** 3 + 1e-3;
  });
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * T, (r + 1) * T);
    const sum = row.reduce((a, b) => a + b, 0);
    row.forEach((value, i) => {
      row[i] = value / sum;
    });
  }
  return values;
};

export const klDivergenceCases: OpCase[] = [
  [1, 2],
  [6, 9],
  [40, 200],
].map(([rows, T]) => ({
  op: klDivergenceOp,
  name: `[${rows},${T}]`,
  inputs: [
    { shape: [rows!, T!], values: distributions(rows!, T!) },
    { shape: [rows!, T!], grad: true, values: masked(rows!, T!) },
  ],
  attrs: {},
}));
