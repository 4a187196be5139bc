import type { OpCase } from "../../conformance.js";
import type { Random } from "../../random.js";
import { type AttentionShape, attentionAttrs, attentionInputs, attentionShapes } from "../attention/cases.js";
import { sparseAttentionOp } from "./op.js";

/** For every query some of the columns it sees, ascending, its own among them; -1 behind. */
export const selections =
  ({ B, S, T }: Pick<AttentionShape, "B" | "S" | "T">, K: number) =>
  (random: Random): Int32Array => {
    const indices = new Int32Array(B * S * K).fill(-1);
    for (let row = 0; row < B * S; row++) {
      const last = T - S + (row % S);
      const order = Array.from({ length: last }, (_, t) => ({ t, key: random.next() })).sort((a, b) => a.key - b.key);
      const chosen = [last, ...order.slice(0, K - 1).map(({ t }) => t)].sort((a, b) => a - b);
      indices.set(chosen, row * K);
    }
    return indices;
  };

export const sparseAttentionCases: OpCase[] = attentionShapes.flatMap((shape) => {
  const K = Math.max(1, Math.ceil(shape.T / 3));
  const { B, S, T, H, Hk, D, V } = shape;
  const indices = { shape: [B, S, K], dtype: "i32" as const, values: selections(shape, K) };
  return {
    op: sparseAttentionOp,
    name: `B=${B} S=${S} T=${T} K=${K} H=${H}${Hk === H ? "" : " MQA"} D=${D} V=${V}`,
    inputs: [...attentionInputs(shape), indices],
    attrs: attentionAttrs(shape),
    compareOutputs: [0],
  };
});
