import {
  type AttentionTrace,
  type Network,
  outputHead,
  type PackedBatch,
  type PackedForwardOptions,
  packedForward,
} from "@cachalot/model";
import { add, type Context, type Tensor, weightedSum } from "@cachalot/tensor";
import { meanCrossEntropy } from "./cross-entropy.js";
import { mtpLoss } from "./mtp-loss.js";
import type { Objective } from "./objective.js";

export interface LanguageModelOptions extends PackedForwardOptions {
  /** Weight of the multi-token-prediction loss, where the model has the layer. 0: the layer does not run. */
  mtpWeight: number;
  /** The indexer's loss on one layer's attention, `[1]`, where it is trained. */
  indexerLoss?: ((ctx: Context, trace: AttentionTrace) => Tensor) | undefined;
}

/**
 * The objective of continued pre-training (report section 2.1): cross-entropy of the next token, plus the multi-token-prediction
 * loss and the indexer's loss of every layer, where asked.
 */
export function languageModelObjective(
  ctx: Context,
  network: Network,
  batch: PackedBatch,
  { mtpWeight, indexerLoss, ...options }: LanguageModelOptions,
): Objective {
  const forward = packedForward(ctx, network, batch, indexerLoss ? { ...options, trace: true } : options);
  const lm = meanCrossEntropy(ctx, outputHead(ctx, network, forward.hidden), batch.targets);
  const mtp = network.weights.mtp && mtpWeight > 0 ? mtpLoss(ctx, network, batch, forward) : undefined;
  const indexer =
    indexerLoss && forward.attention.filter((layer) => layer.indexer).map((layer) => indexerLoss(ctx, layer));
  let total = (indexer ?? []).reduce((sum, loss) => add(ctx, sum, loss), lm);
  if (mtp) total = add(ctx, total, weightedSum(ctx, mtp, ctx.from("f32", [1], Float32Array.of(mtpWeight))));
  return {
    total,
    losses: { lmLoss: [lm], ...(indexer ? { indexerLoss: indexer } : {}), ...(mtp ? { mtpLoss: [mtp] } : {}) },
    forward,
  };
}
