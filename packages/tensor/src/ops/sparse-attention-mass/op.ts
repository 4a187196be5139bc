import type { Context } from "../../context.js";
import { requireSelection } from "../../indices.js";
import { defineOp } from "../../op.js";
import { sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import type { AttentionMassAttrs } from "../attention-mass/reference.js";
import { sparseAttentionMassReference } from "./reference.js";

export const sparseAttentionMassOp = defineOp<AttentionMassAttrs>({
  name: "sparse_attention_mass",
  infer: ([, , , indices]) => [{ dtype: "f32", shape: indices!.shape }],
  cost: ([q, , , indices]) => ({
    flops: 2 * sizeOf(indices!.shape) * q!.shape[2]! * q!.shape[3]!,
    bytes: 4 * sizeOf(q!.shape),
  }),
  tolerance: { value: 1e-5, gradient: 0 },
  proveIndices: ([, k, , indices]) => requireSelection("sparse_attention_mass", indices, k!.shape[1]!),
  kernelAttributes: ({ scale }) => [scale, 1],
  reference: sparseAttentionMassReference,
});

/**
 * Sparse attention's probabilities averaged over heads, `[B, S, K]`, 0 where the index is -1: the indexer's target in
 * sparse training (report section 2.1). Operands as in `sparseAttention`. No gradient.
 */
export function sparseAttentionMass(
  ctx: Context,
  q: Tensor,
  k: Tensor,
  logSumExp: Tensor,
  indices: Tensor,
  attrs: AttentionMassAttrs,
): Tensor {
  return ctx.run1(sparseAttentionMassOp, [q, k, undefined, indices, logSumExp], attrs);
}
