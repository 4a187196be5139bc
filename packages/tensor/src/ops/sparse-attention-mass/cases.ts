import type { OpCase } from "../../conformance.js";
import { attentionShapes } from "../attention/cases.js";
import { selections } from "../sparse-attention/cases.js";
import { sparseAttentionMassOp } from "./op.js";

export const sparseAttentionMassCases: OpCase[] = attentionShapes.map((shape) => {
  const { B, S, T, H, Hk, D } = shape;
  const K = Math.max(1, Math.ceil(T / 3));
  return {
    op: sparseAttentionMassOp,
    name: `B=${B} S=${S} T=${T} K=${K} H=${H}${Hk === H ? "" : " MQA"} D=${D}`,
    inputs: [
      { shape: [B, S, H, D] },
      { shape: [B, T, Hk, D] },
      undefined,
      { shape: [B, S, K], dtype: "i32" as const, values: selections(shape, K) },
      { shape: [B, S, H], scale: 0.1 },
    ],
    attrs: { scale: D ** -0.5 },
  };
});
