import { NO_LOSS } from "@cachalot/model";
import { type Context, crossEntropy, type Tensor, weightedSum } from "@cachalot/tensor";

/**
 * Weighted sum of the rows' cross-entropies, in nats, `[1]`. A row's cross-entropy is the negative log-probability of its target,
 * so with weights dJ/dlogp (negated) this has the gradient of any objective J of token log-probabilities.
 *
 * @param logits `[rows, vocab]`
 * @param targets `[rows]`, `NO_LOSS` where none is wanted
 * @param weights `[rows]`, constants: what each row counts for
 */
function weightedCrossEntropy(ctx: Context, logits: Tensor, targets: Int32Array, weights: Float32Array): Tensor {
  const rows = targets.length;
  const losses = crossEntropy(ctx, logits, ctx.from("i32", [rows], targets));
  return weightedSum(ctx, losses, ctx.from("f32", [rows], weights));
}

/** Language-model loss: cross-entropy of the targets over their number, or that of a larger batch, in nats, `[1]`. */
export function meanCrossEntropy(
  ctx: Context,
  logits: Tensor,
  targets: Int32Array,
  count = countTargets(targets),
): Tensor {
  const weights = new Float32Array(targets.length).fill(1 / Math.max(count, 1));
  return weightedCrossEntropy(ctx, logits, targets, weights);
}

/** Rows with a target. */
export function countTargets(targets: Int32Array): number {
  return targets.reduce((count, target) => count + (target === NO_LOSS ? 0 : 1), 0);
}
