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
import type { LossCounts } from "./loss-counts.js";
import { mtpLoss } from "./mtp-loss.js";
import type { Objective } from "./objective.js";

export interface LanguageModelOptions extends PackedForwardOptions {
  /** Weight of the multi-token-prediction loss, where the model has the layer. 0: the layer does not run. */
  mtpWeight: number;
  /** The indexer's loss on one layer's attention, `[1]`, where it is trained. */
  indexerLoss?: ((ctx: Context, trace: AttentionTrace) => Tensor) | undefined;
  /** What the means are over, where the batch is a part of a larger one. Default: the batch. */
  counts?: LossCounts | undefined;
}

/**
 * The objective of continued pre-training (report section 2.1): cross-entropy of the next token, plus the multi-token-prediction
 * loss and the indexer's loss of every layer, where asked.
 */
export function languageModelObjective(
  ctx: Context,
  network: Network,
  batch: PackedBatch,
  { mtpWeight, indexerLoss, counts, ...options }: LanguageModelOptions,
): Objective {
  const indexer: Tensor[] = [];
  const share = (layer: Context, mean: Tensor) =>
    counts ? scaled(layer, mean, (batch.batch * batch.seq) / counts.queries) : mean;
  const forward = packedForward(ctx, network, batch, {
    ...options,
    onAttention(layer, trace) {
      if (indexerLoss && trace.indexer) indexer.push(moveTo(ctx, layer, share(layer, indexerLoss(layer, trace))));
      options.onAttention?.(layer, trace);
    },
  });
  const lm = meanCrossEntropy(ctx, outputHead(ctx, network, forward.hidden), batch.targets, counts?.targets);
  const mtp =
    network.weights.mtp && mtpWeight > 0 ? mtpLoss(ctx, network, batch, forward, counts?.mtpTargets) : undefined;
  let total = indexer.reduce((sum, loss) => add(ctx, sum, loss), lm);
  if (mtp) total = add(ctx, total, scaled(ctx, mtp, mtpWeight));
  return {
    total,
    losses: { lmLoss: [lm], ...(indexerLoss ? { indexerLoss: indexer } : {}), ...(mtp ? { mtpLoss: [mtp] } : {}) },
    forward,
  };
}

/** `[1]` times a constant. */
function scaled(ctx: Context, tensor: Tensor, factor: number): Tensor {
  return weightedSum(ctx, tensor, ctx.from("f32", [1], Float32Array.of(factor)));
}

/** Takes a tensor made in a layer's context out of it; while recording, the two are one. */
function moveTo(ctx: Context, layer: Context, tensor: Tensor): Tensor {
  return ctx === layer ? tensor : ctx.own(layer.keep(tensor));
}
