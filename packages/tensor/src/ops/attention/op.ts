import type { Context } from "../../context.js";
import { requireDocumentStart } from "../../indices.js";
import { defineOp, type TensorSpec } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type AttentionAttrs, attentionBackwardReference, attentionReference } from "./reference.js";

export interface AttentionResult {
  /** `[B, S, H, V]` */
  output: Tensor;
  /** Logarithm of each query's softmax denominator, `[B, S, H]` */
  logSumExp: Tensor;
}

/** Checks queries, keys and values, dense or sparse. @throws TensorError `shape_mismatch`. */
export function inferAttention(
  op: string,
  [q, k, v]: readonly (TensorSpec | undefined)[],
  { valueDim }: AttentionAttrs,
): readonly TensorSpec[] {
  requireShape(
    q?.shape.length === 4 &&
      k?.shape.length === 4 &&
      q.shape[0] === k.shape[0] &&
      q.shape[1]! <= k.shape[1]! &&
      (k.shape[2] === q.shape[2] || k.shape[2] === 1) &&
      q.shape[3] === k.shape[3],
    op,
    `q [${q?.shape}] must be [B, S, H, D] and k [${k?.shape}] be [B, T >= S, H or 1, D]`,
  );
  requireShape(
    v ? v.shape.length === 4 && v.shape.slice(0, 3).every((dim, i) => dim === k.shape[i]) : (valueDim ?? 0) > 0,
    op,
    `v [${v?.shape}] must be laid out like k [${k.shape}]; without v, valueDim says where the value ends`,
  );
  const V = v ? v.shape[3]! : valueDim!;
  const [B, S, H] = q.shape as [number, number, number];
  return [
    { dtype: "f32", shape: [B, S, H, V] },
    { dtype: "f32", shape: [B, S, H] },
  ];
}

/** Floating-point operations of one visible (query, key) pair over all heads. */
function pairFlops([q, , v]: readonly (TensorSpec | undefined)[], { valueDim }: AttentionAttrs): number {
  return 2 * q!.shape[2]! * (q!.shape[3]! + (v ? v.shape[3]! : valueDim!));
}

export function attentionCost(
  inputs: readonly (TensorSpec | undefined)[],
  attrs: AttentionAttrs,
  pairs: number,
  passes: number,
) {
  const bytes = inputs.slice(0, 3).reduce((sum, input) => sum + (input ? 8 * sizeOf(input.shape) : 0), 0);
  return { flops: passes * pairs * pairFlops(inputs, attrs), bytes };
}

/** Causal pairs: query s of S sees T - S + s + 1 keys. */
function causalPairs([q, k]: readonly (TensorSpec | undefined)[]): number {
  const [B, S, T] = [q!.shape[0]!, q!.shape[1]!, k!.shape[1]!];
  return B * S * (T - (S - 1) / 2);
}

export const attentionOp = defineOp<AttentionAttrs>({
  name: "attention",
  infer: (inputs, attrs) => inferAttention("attention", inputs, attrs),
  cost: (inputs, attrs) => attentionCost(inputs, attrs, causalPairs(inputs), 1),
  tolerance: { value: 1e-5, gradient: 3e-5 },
  proveIndices: ([q, k, , start]) => requireDocumentStart("attention", start, q!.shape[1]!, k!.shape[1]!),
  kernelAttributes: ({ scale, valueDim }) => [scale, valueDim ?? 0],
  reference: attentionReference,
  gradient({ ctx, inputs, outputs, outputGradients, attrs }) {
    const gradients = ctx.run(attentionBackwardOp, [...inputs, ...outputs, outputGradients[0]], attrs);
    return [gradients[0], gradients[1], gradients[2], undefined];
  },
});

/** inputs q, k, v?, documentStart?, output, logSumExp, doutput; outputs dq, dk, dv where v was given. */
const attentionBackwardOp = defineOp<AttentionAttrs>({
  name: "attention_backward",
  infer: ([q, k, v]) => [q!, k!, ...(v ? [v] : [])].map(({ shape }) => ({ dtype: "f32", shape })),
  cost: (inputs, attrs) => attentionCost(inputs, attrs, causalPairs(inputs), 2.5),
  tolerance: { value: 3e-5, gradient: 3e-5 },
  proveIndices: ([q, k, , start]) => requireDocumentStart("attention_backward", start, q!.shape[1]!, k!.shape[1]!),
  kernelAttributes: ({ scale, valueDim }) => [scale, valueDim ?? 0],
  reference: attentionBackwardReference,
});

/**
 * Causal softmax attention. q `[B, S, H, D]`; k `[B, T, H, D]` (MHA form) or `[B, T, 1, D]` (MQA form, shared by all
 * heads); v `[B, T, H or 1, V]`, or undefined where the value is the key's first `valueDim` dims. Query s sits at key
 * column `T - S + s` and sees columns from `documentStart[b,s]` (i32 `[B, S]`, default 0) up to its own. Gradients
 * flow through the output only.
 */
export function attention(
  ctx: Context,
  q: Tensor,
  k: Tensor,
  v: Tensor | undefined,
  documentStart: Tensor | undefined,
  attrs: AttentionAttrs,
): AttentionResult {
  const [output, logSumExp] = ctx.run(attentionOp, [q, k, v, documentStart], attrs);
  return { output: output!, logSumExp: logSumExp! };
}
