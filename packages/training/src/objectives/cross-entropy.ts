import { NO_LOSS } from "@cachalot/model";
import { type Context, crossEntropy, type Tensor, weightedSum } from "@cachalot/tensor";

/**
 * Cross-entropy of every row, in nats: the negative log-probability of its target. logits `[rows, vocab]`, targets `[rows]`
 * with -100 where none is wanted (0 there); result `[rows]`.
 */
function tokenLosses(ctx: Context, logits: Tensor, targets: Int32Array): Tensor {
  return crossEntropy(ctx, logits, ctx.from("i32", [targets.length], targets));
}

/** Language-model loss: mean cross-entropy over the targets, in nats, `[1]`. */
export function meanCrossEntropy(ctx: Context, logits: Tensor, targets: Int32Array): Tensor {
  const rows = targets.length;
  const mean = new Float32Array(rows).fill(1 / Math.max(countTargets(targets), 1));
  return weightedSum(ctx, tokenLosses(ctx, logits, targets), ctx.from("f32", [rows], mean));
}

/** Rows with a target. */
export function countTargets(targets: Int32Array): number {
  return targets.reduce((count, target) => count + (target === NO_LOSS ? 0 : 1), 0);
}
