import type { OpCase } from "../../conformance.js";
import type { Random } from "../../random.js";
import { bf16Values } from "../linear/cases.js";
import { gatherRowsOp } from "./op.js";

const rowNumbers = (count: number, rows: number) => (random: Random) =>
  Int32Array.from({ length: count }, (_, i) => (i % 7 === 3 ? -1 : random.integer(rows)));

export const gatherRowsCases: OpCase[] = [
  { R: 3, dim: 5, shape: [4] },
  { R: 50, dim: 96, shape: [2, 100] },
].flatMap(({ R, dim, shape }) => {
  const rows = {
    shape,
    dtype: "i32" as const,
    values: rowNumbers(
      shape.reduce((a, b) => a * b),
      R,
    ),
  };
  return [
    { op: gatherRowsOp, name: `[${R},${dim}]`, inputs: [{ shape: [R, dim], grad: true }, rows], attrs: {} },
    {
      op: gatherRowsOp,
      name: `bf16 [${R},${dim}]`,
      inputs: [{ shape: [R, dim], dtype: "bf16" as const, values: bf16Values(R * dim) }, rows],
      attrs: {},
    },
  ];
});
