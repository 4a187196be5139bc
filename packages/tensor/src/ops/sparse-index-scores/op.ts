import type { Context } from "../../context.js";
import { requireSelection } from "../../indices.js";
import { defineOp } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import type { IndexScoresAttrs } from "../index-scores/reference.js";
import { sparseIndexScoresBackwardReference, sparseIndexScoresReference } from "./reference.js";

export const sparseIndexScoresOp = defineOp<IndexScoresAttrs>({
  name: "sparse_index_scores",
  infer([q, k, weights, indices]) {
    requireShape(
      q?.shape.length === 4 &&
        k?.shape.length === 3 &&
        q.shape[0] === k.shape[0] &&
        q.shape[3] === k.shape[2] &&
        weights !== undefined &&
        sizeOf(weights.shape) === sizeOf(q.shape.slice(0, 3)),
      "sparse_index_scores",
      `q [${q?.shape}] must be [B, S, heads, dim], k [${k?.shape}] be [B, T, dim], weights [${weights?.shape}] be [B, S, heads]`,
    );
    requireShape(
      indices?.dtype === "i32" && indices.shape[0] === q.shape[0] && indices.shape[1] === q.shape[1],
      "sparse_index_scores",
      `indices [${indices?.shape}] must be i32 [B, S, K]`,
    );
    return [{ dtype: "f32", shape: indices.shape }];
  },
  cost: ([q, , , indices]) => ({
    flops: 2 * sizeOf(q!.shape) * indices!.shape[2]!,
    bytes: 4 * (sizeOf(q!.shape) + sizeOf(indices!.shape) * q!.shape[3]!),
  }),
  tolerance: { value: 1e-5, gradient: 3e-5 },
  proveIndices: ([, k, , indices]) => requireSelection("sparse_index_scores", indices, k!.shape[1]!),
  kernelAttributes: ({ scale }) => [scale],
  reference: sparseIndexScoresReference,
  gradient: ({ ctx, inputs, outputGradients, attrs }) => [
    ...ctx.run(sparseIndexScoresBackwardOp, [...inputs, outputGradients[0]], attrs),
    undefined,
  ],
});

/** inputs q, k, weights, indices, dscores; outputs dq, dk, dweights. */
const sparseIndexScoresBackwardOp = defineOp<IndexScoresAttrs>({
  name: "sparse_index_scores_backward",
  infer: ([q, k, weights]) => [q!, k!, weights!].map(({ shape }) => ({ dtype: "f32", shape })),
  cost: ([q, , , indices]) => ({
    flops: 6 * sizeOf(q!.shape) * indices!.shape[2]!,
    bytes: 8 * (sizeOf(q!.shape) + sizeOf(indices!.shape) * q!.shape[3]!),
  }),
  tolerance: { value: 3e-5, gradient: 3e-5 },
  proveIndices: ([, k, , indices]) => requireSelection("sparse_index_scores_backward", indices, k!.shape[1]!),
  kernelAttributes: ({ scale }) => [scale],
  reference: sparseIndexScoresBackwardReference,
});

/**
 * The lightning indexer's scores of selected tokens only: `scores[b,s,i] = scale sum_h w[b,s,h] relu(q[b,s,h] . k[b,t])`
 * with `t = indices[b,s,i]`, -Infinity where that is -1. q `[B, S, heads, dim]`, k `[B, T, dim]`, weights
 * `[B, S, heads]`, indices `[B, S, K]`. The sparse stage needs no others, so it never holds L x L of them.
 */
export function sparseIndexScores(
  ctx: Context,
  q: Tensor,
  k: Tensor,
  weights: Tensor,
  indices: Tensor,
  attrs: IndexScoresAttrs,
): Tensor {
  return ctx.run1(sparseIndexScoresOp, [q, k, weights, indices], attrs);
}
