import { NO_LOSS, type PackedBatch } from "@cachalot/model";
import type { Context, Tensor } from "@cachalot/tensor";
import { weightedCrossEntropy } from "../../objectives/cross-entropy.js";

/**
 * Cross-entropy in which every document counts the same, however long: mean over its targets, then over documents, in nats,
 * `[1]`. logits `[B*S, vocab]`.
 */
export function documentMeanCrossEntropy(ctx: Context, logits: Tensor, batch: PackedBatch): Tensor {
  const documentOf = (i: number) => `${Math.floor(i / batch.seq)} ${batch.documentStart?.[i] ?? 0}`;
  const targets = new Map<string, number>();
  batch.targets.forEach((target, i) => {
    if (target !== NO_LOSS) targets.set(documentOf(i), (targets.get(documentOf(i)) ?? 0) + 1);
  });
  const weights = Float32Array.from(batch.targets, (target, i) =>
    target === NO_LOSS ? 0 : 1 / (targets.get(documentOf(i))! * targets.size),
  );
  return weightedCrossEntropy(ctx, logits, batch.targets, weights);
}
