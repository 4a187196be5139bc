import type { OpCase } from "../../conformance.js";
import { expandedAttentionOp } from "./op.js";

/** S, T, heads, nope, rope, value */
const sizes = [
  [1, 1, 1, 2, 2, 2],
  [5, 9, 3, 6, 4, 5],
  [40, 40, 2, 16, 8, 16],
  [70, 150, 3, 32, 16, 32],
] as const;

export const expandedAttentionCases: OpCase[] = sizes.map(([S, T, H, N, R, V]) => ({
  op: expandedAttentionOp,
  name: `${S} of ${T} tokens, ${H} heads, ${N}+${R} and ${V}`,
  inputs: [{ shape: [S, H, N + R] }, { shape: [T, H * (N + V)] }, { shape: [T, R] }],
  attrs: { scale: 0.2, valueDim: V },
}));
