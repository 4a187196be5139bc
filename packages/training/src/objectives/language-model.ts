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
  const indexer: Tensor[] = [];
  const forward = packedForward(ctx, network, batch, {
    ...options,
    onAttention(layer, trace) {
      if (indexerLoss && trace.indexer) indexer.push(moveTo(ctx, layer, indexerLoss(layer, trace)));
      options.onAttention?.(layer, trace);
    },
  });
  const lm = meanCrossEntropy(ctx, outputHead(ctx, network, forward.hidden), batch.targets);
  const mtp = network.weights.mtp && mtpWeight > 0 ? mtpLoss(ctx, network, batch, forward) : undefined;
  let total = indexer.reduce((sum, loss) => add(ctx, sum, loss), lm);
  if (mtp) total = add(ctx, total, weightedSum(ctx, mtp, ctx.from("f32", [1], Float32Array.of(mtpWeight))));
  return {
    total,
    losses: { lmLoss: [lm], ...(indexerLoss ? { indexerLoss: indexer } : {}), ...(mtp ? { mtpLoss: [mtp] } : {}) },
    forward,
  };
}

/** Takes a tensor made in a layer's context out of it; while recording, the two are one. */
function moveTo(ctx: Context, layer: Context, tensor: Tensor): Tensor {
  return ctx === layer ? tensor : ctx.own(layer.keep(tensor));
}
