import type { Context } from "../../context.js";
import { defineOp } from "../../op.js";
import { requireShape } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type ExpandedAttentionAttrs, expandedAttentionReference } from "./reference.js";

export const expandedAttentionOp = defineOp<ExpandedAttentionAttrs>({
  name: "expanded_attention",
  infer([q, kv, rope], { valueDim }) {
    const [S, H, D] = q?.shape ?? [];
    const [T, R] = rope?.shape ?? [];
    const nope = D! - R!;
    requireShape(
      q?.shape.length === 3 &&
        rope?.shape.length === 2 &&
        T! >= S! &&
        nope > 0 &&
        kv?.shape.length === 2 &&
        kv.shape[0] === T &&
        kv.shape[1] === H! * (nope + valueDim),
      "expanded_attention",
      `q [${q?.shape}] must be [S, heads, nope + rope], rope [${rope?.shape}] [T >= S, rope], ` +
        `kv [${kv?.shape}] [T, heads * (nope + ${valueDim})]`,
    );
    return [{ dtype: "f32", shape: [S!, H!, valueDim] }];
  },
  cost([q, kv], { valueDim }) {
    const [S, H, D] = q!.shape as [number, number, number];
    const T = kv!.shape[0]!;
    return { flops: 2 * S * (T - (S - 1) / 2) * H * (D + valueDim), bytes: 4 * (S * H * (D + valueDim) + T * H * D) };
  },
  // Probabilities are rounded to bf16 in the kernel, not in the reference.
  tolerance: { value: 4e-3, gradient: 0 },
  kernelAttributes: ({ scale, valueDim }) => [scale, valueDim],
  reference: expandedAttentionReference,
});

/**
 * Causal MLA attention in MHA form, in bf16: queries, keys and values are rounded. q `[S, heads, nope + rope]` are the last S
 * of T tokens; kv `[T, heads * (nope + value)]` as kv_b_proj gives it; rope `[T, rope]`, the key part all heads share. Result
 * `[S, heads, value]`. For inference: it has no gradient.
 */
export function expandedAttention(
  ctx: Context,
  q: Tensor,
  kv: Tensor,
  rope: Tensor,
  attrs: ExpandedAttentionAttrs,
): Tensor {
  return ctx.run1(expandedAttentionOp, [q, kv, rope], attrs);
}
