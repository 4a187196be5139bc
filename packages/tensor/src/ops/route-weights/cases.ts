import type { OpCase } from "../../conformance.js";
import type { Random } from "../../random.js";
import { routeWeightsOp } from "./op.js";

/** k different experts for each row. */
export const distinctExperts = (rows: number, experts: number, k: number) => (random: Random) =>
  Int32Array.from(
    Array.from({ length: rows }, () => {
      const first = random.integer(experts);
      return Array.from({ length: k }, (_, i) => (first + i) % experts);
    }).flat(),
  );

export const routeWeightsCases: OpCase[] = [
  [1, 2, 1],
  [300, 8, 2],
].flatMap(([rows, experts, k]) =>
  [true, false].map((normalize) => ({
    op: routeWeightsOp,
    name: `[${rows},${experts}] k=${k}${normalize ? " normalised" : ""}`,
    inputs: [
      {
        shape: [rows!, experts!],
        grad: true,
        values: (random: Random) => Float64Array.from({ length: rows! * experts! }, () => 0.1 + random.next()),
      },
      { shape: [rows!, k!], dtype: "i32" as const, values: distinctExperts(rows!, experts!, k!) },
    ],
    attrs: { normalize, scale: 2.5 },
  })),
);
