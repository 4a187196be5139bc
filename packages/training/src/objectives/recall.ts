import { type AttentionTrace, type ModelConfig, selectPacked } from "@cachalot/model";
import { attentionMass, type Context, gatherLast } from "@cachalot/tensor";

/**
 * How good the indexer's selection is: the share of dense attention mass that the selected tokens hold, mean over queries. Slow:
 * for evaluation. The trace must be of dense attention in a model with an indexer.
 */
export function selectionRecall(ctx: Context, config: ModelConfig, trace: AttentionTrace): number {
  const { batch, indexer, documentStart, q, k, logSumExp, scale } = trace;
  const indices = selectPacked(ctx, config, { batch, projection: indexer!, documentStart });
  const mass = attentionMass(ctx, q, k, logSumExp, documentStart, { scale });
  const held = gatherLast(ctx, mass, indices, { fill: 0 });
  let sum = 0;
  for (const value of held.data) sum += value;
  return sum / (held.shape[0]! * held.shape[1]!);
}
