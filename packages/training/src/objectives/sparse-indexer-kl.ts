import { type AttentionTrace, type ModelConfig, scoreSelected } from "@cachalot/model";
import { type Context, klDivergence, sparseAttentionMass, type Tensor, weightedSum } from "@cachalot/tensor";
import { queryMean } from "./query-mean.js";

/**
 * The indexer's loss in sparse training (report equation 4): KL(attention || softmax(index scores)) over the selected tokens
 * only, mean over queries, in nats, `[1]`. O(S k). The target is a constant, and the indexer's inputs are detached: the indexer
 * learns from this loss alone, and nothing else does.
 */
export function sparseIndexerKl(ctx: Context, config: ModelConfig, trace: AttentionTrace): Tensor {
  const { batch, indexer, indices, q, k, scale, logSumExp } = trace;
  const target = sparseAttentionMass(ctx, q, k, logSumExp, indices!, { scale });
  const logits = scoreSelected(ctx, config, { batch, projection: indexer!, indices: indices! });
  return weightedSum(ctx, klDivergence(ctx, target, logits), queryMean(ctx, q));
}
