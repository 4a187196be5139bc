import type { OpCase } from "../../conformance.js";
import { documentStarts } from "../attention/cases.js";
import { indexScoresOp } from "./op.js";

export const indexScoresCases: OpCase[] = [
  { B: 1, S: 1, T: 1, H: 1, D: 2 },
  { B: 2, S: 5, T: 9, H: 3, D: 6 },
  { B: 2, S: 70, T: 70, H: 8, D: 32 },
  { B: 1, S: 2, T: 90, H: 100, D: 16 },
].flatMap(({ B, S, T, H, D }) =>
  [false, true].map((packed) => ({
    op: indexScoresOp,
    name: `B=${B} S=${S} T=${T} heads=${H} D=${D}${packed ? " packed" : ""}`,
    inputs: [
      { shape: [B, S, H, D], grad: true },
      { shape: [B, T, D], grad: true },
      { shape: [B, S, H], grad: true },
      packed ? { shape: [B, S], dtype: "i32" as const, values: documentStarts({ B, S, T }) } : undefined,
    ],
    attrs: { scale: (H * D) ** -0.5 },
  })),
);
