import type { Context } from "../../context.js";
import { requireDocumentStart } from "../../indices.js";
import { defineOp } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type IndexScoresAttrs, indexScoresBackwardReference, indexScoresReference } from "./reference.js";

export const indexScoresOp = defineOp<IndexScoresAttrs>({
  name: "index_scores",
  infer([q, k, weights]) {
    requireShape(
      q?.shape.length === 4 &&
        k?.shape.length === 3 &&
        q.shape[0] === k.shape[0] &&
        q.shape[1]! <= k.shape[1]! &&
        q.shape[3] === k.shape[2] &&
        weights !== undefined &&
        sizeOf(weights.shape) === sizeOf(q.shape.slice(0, 3)),
      "index_scores",
      `q [${q?.shape}] must be [B, S, heads, dim], k [${k?.shape}] be [B, T >= S, dim], weights [${weights?.shape}] be [B, S, heads]`,
    );
    return [{ dtype: "f32", shape: [q.shape[0]!, q.shape[1]!, k.shape[1]!] }];
  },
  cost: ([q, k]) => ({ flops: sizeOf(q!.shape) * k!.shape[1]!, bytes: 4 * (sizeOf(q!.shape) + sizeOf(k!.shape)) }),
  tolerance: { value: 1e-5, gradient: 3e-5 },
  proveIndices: ([q, k, , start]) => requireDocumentStart("index_scores", start, q!.shape[1]!, k!.shape[1]!),
  kernelAttributes: ({ scale }) => [scale],
  reference: indexScoresReference,
  gradient: ({ ctx, inputs, outputGradients, attrs }) => [
    ...ctx.run(indexScoresBackwardOp, [...inputs, outputGradients[0]], attrs),
    undefined,
  ],
});

/** inputs q, k, weights, documentStart?, dscores; outputs dq, dk, dweights. */
const indexScoresBackwardOp = defineOp<IndexScoresAttrs>({
  name: "index_scores_backward",
  infer: ([q, k, weights]) => [q!, k!, weights!].map(({ shape }) => ({ dtype: "f32", shape })),
  cost: ([q, k]) => ({ flops: 3 * sizeOf(q!.shape) * k!.shape[1]!, bytes: 8 * (sizeOf(q!.shape) + sizeOf(k!.shape)) }),
  tolerance: { value: 3e-5, gradient: 3e-5 },
  proveIndices: ([q, k, , start]) => requireDocumentStart("index_scores_backward", start, q!.shape[1]!, k!.shape[1]!),
  kernelAttributes: ({ scale }) => [scale],
  reference: indexScoresBackwardReference,
});

/**
 * The lightning indexer's scores (report equation 1): `I[t,s] = scale sum_j w[t,j] relu(q[t,j] . k[s])`, causal.
 * q `[B, S, heads, dim]`, k `[B, T, dim]`, weights `[B, S, heads]`, documentStart as in `attention`; result
 * `[B, S, T]`, -Infinity where not visible.
 */
export function indexScores(
  ctx: Context,
  q: Tensor,
  k: Tensor,
  weights: Tensor,
  documentStart: Tensor | undefined,
  attrs: IndexScoresAttrs,
): Tensor {
  return ctx.run1(indexScoresOp, [q, k, weights, documentStart], attrs);
}
