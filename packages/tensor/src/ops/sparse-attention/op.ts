import type { Context } from "../../context.js";
import { requireSelection } from "../../indices.js";
import { defineOp, type TensorSpec } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type AttentionResult, attentionCost, inferAttention } from "../attention/op.js";
import type { AttentionAttrs } from "../attention/reference.js";
import { sparseAttentionBackwardReference, sparseAttentionReference } from "./reference.js";

const pairs = ([, , , indices]: readonly (TensorSpec | undefined)[]) => sizeOf(indices!.shape);

export const sparseAttentionOp = defineOp<AttentionAttrs>({
  name: "sparse_attention",
  infer(inputs, attrs) {
    const [q, , , indices] = inputs;
    requireShape(
      indices?.shape.length === 3 && indices.shape[0] === q?.shape[0] && indices.shape[1] === q?.shape[1],
      "sparse_attention",
      `indices [${indices?.shape}] must be i32 [B, S, K] for q [${q?.shape}]`,
    );
    return inferAttention("sparse_attention", inputs, attrs);
  },
  cost: (inputs, attrs) => attentionCost(inputs, attrs, pairs(inputs), 1),
  tolerance: { value: 1e-5, gradient: 3e-5 },
  proveIndices: ([, k, , indices]) => requireSelection("sparse_attention", indices, k!.shape[1]!),
  kernelAttributes: ({ scale, valueDim }) => [scale, valueDim ?? 0],
  reference: sparseAttentionReference,
  gradient({ ctx, inputs, outputs, outputGradients, attrs }) {
    const gradients = ctx.run(sparseAttentionBackwardOp, [...inputs, ...outputs, outputGradients[0]], attrs);
    return [gradients[0], gradients[1], gradients[2], undefined];
  },
});

/** inputs q, k, v?, indices, output, logSumExp, doutput; outputs dq, dk, dv where v was given. */
const sparseAttentionBackwardOp = defineOp<AttentionAttrs>({
  name: "sparse_attention_backward",
  infer: ([q, k, v]) => [q!, k!, ...(v ? [v] : [])].map(({ shape }) => ({ dtype: "f32", shape })),
  cost: (inputs, attrs) => attentionCost(inputs, attrs, pairs(inputs), 2.5),
  tolerance: { value: 3e-5, gradient: 3e-5 },
  proveIndices: ([, k, , indices]) => requireSelection("sparse_attention_backward", indices, k!.shape[1]!),
  kernelAttributes: ({ scale, valueDim }) => [scale, valueDim ?? 0],
  reference: sparseAttentionBackwardReference,
});

/**
 * Attention of each query over its selected keys only: O(L k). q, k, v as in `attention`; indices i32 `[B, S, K]`
 * hold key columns, -1 behind the last. Gradients flow through the output only.
 */
export function sparseAttention(
  ctx: Context,
  q: Tensor,
  k: Tensor,
  v: Tensor | undefined,
  indices: Tensor,
  attrs: AttentionAttrs,
): AttentionResult {
  const [output, logSumExp] = ctx.run(sparseAttentionOp, [q, k, v, indices], attrs);
  return { output: output!, logSumExp: logSumExp! };
}
