import type { OpCase } from "../../conformance.js";
import { selections } from "../sparse-attention/cases.js";
import { sparseIndexScoresOp } from "./op.js";

export const sparseIndexScoresCases: OpCase[] = [
  { B: 1, S: 1, T: 1, H: 1, D: 2, K: 1 },
  { B: 2, S: 5, T: 9, H: 3, D: 6, K: 4 },
  { B: 2, S: 40, T: 40, H: 8, D: 32, K: 21 },
  { B: 9, S: 3, T: 20, H: 5, D: 16, K: 20 },
].map(({ B, S, T, H, D, K }) => ({
  op: sparseIndexScoresOp,
  name: `B=${B} S=${S} T=${T} K=${K} heads=${H} D=${D}`,
  inputs: [
    { shape: [B, S, H, D], grad: true },
    { shape: [B, T, D], grad: true },
    { shape: [B, S, H], grad: true },
    { shape: [B, S, K], dtype: "i32" as const, values: selections({ B, S, T }, K) },
  ],
  attrs: { scale: (H * D) ** -0.5 },
}));
