import type { Context } from "../../context.js";
import { requireDocumentStart } from "../../indices.js";
import { defineOp } from "../../op.js";
import { sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type AttentionMassAttrs, attentionMassReference } from "./reference.js";

export const attentionMassOp = defineOp<AttentionMassAttrs>({
  name: "attention_mass",
  infer: ([q, k]) => [{ dtype: "f32", shape: [q!.shape[0]!, q!.shape[1]!, k!.shape[1]!] }],
  cost: ([q, k]) => ({ flops: sizeOf(q!.shape) * k!.shape[1]!, bytes: 4 * (sizeOf(q!.shape) + sizeOf(k!.shape)) }),
  tolerance: { value: 1e-5, gradient: 0 },
  proveIndices: ([q, k, , start]) => requireDocumentStart("attention_mass", start, q!.shape[1]!, k!.shape[1]!),
  kernelAttributes: ({ scale }) => [scale, 1],
  reference: attentionMassReference,
});

/**
 * Attention probabilities averaged over heads: the target of the lightning indexer (report section 2.1). q, k,
 * documentStart and logSumExp as in `attention`; result `[B, S, T]`, 0 where not visible, each row summing to 1.
 * No gradient.
 */
export function attentionMass(
  ctx: Context,
  q: Tensor,
  k: Tensor,
  logSumExp: Tensor,
  documentStart: Tensor | undefined,
  attrs: AttentionMassAttrs,
): Tensor {
  return ctx.run1(attentionMassOp, [q, k, undefined, documentStart, logSumExp], attrs);
}
