import {
  add,
  attentionMass,
  type Context,
  checkpoint,
  klDivergence,
  narrow,
  sparseAttentionMass,
  type Tensor,
  weightedSum,
} from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { type AttentionOperands, scoreTokens } from "./attention.js";
import type { IndexerProjection } from "./indexer.js";
import { scoreSelected } from "./training-selection.js";

/** Pairs of query and token, whose scores are kept at once in a warm-up: 64 MiB, and as much for their gradient. */
const PAIRS = 2 ** 24;

export interface IndexerLossInput {
  batch: number;
  indexer: IndexerProjection;
  operands: Pick<AttentionOperands, "q" | "k" | "scale">;
  /** `[B, S, H]` of the core attention */
  logSumExp: Tensor;
  /** `[B, S]` */
  documentStart: Tensor | undefined;
  /** `[B, S]`, what each query counts for */
  queryWeights: Tensor;
}

/**
 * KL(attention || softmax(index scores)) over all visible tokens (report equation 3), `[1]`. The target is a constant: the
 * indexer learns from the attention, never the other way round. Long rows are taken a few queries at a time, whose scores
 * are made again in the backward pass: memory grows with the length, not with its square.
 */
export function denseIndexerLoss(
  ctx: Context,
  config: ModelConfig,
  input: IndexerLossInput,
  pairs: number = PAIRS,
): Tensor {
  const { batch, indexer, operands, logSumExp, documentStart, queryWeights } = input;
  const { q, k, scale } = operands;
  const S = q.shape[1]!;
  if (batch * S * S <= pairs) {
    const target = attentionMass(ctx, q, k, logSumExp, documentStart, { scale });
    const logits = scoreTokens(ctx, config, batch, indexer, indexer.keys, documentStart);
    return weightedSum(ctx, klDivergence(ctx, target, logits), queryWeights);
  }
  const { nHeads, headDim } = config.indexer!;
  const projections = [
    ctx.reshape(indexer.queries, [batch, S, nHeads, headDim]),
    ctx.reshape(indexer.keys, [batch, S, headDim]),
    ctx.reshape(indexer.weights, [batch, S, nHeads]),
  ] as const;
  const step = Math.max(1, Math.floor(pairs / (batch * S)));
  let total: Tensor | undefined;
  for (let start = 0; start < S; start += step) {
    const length = Math.min(step, S - start);
    const loss = checkpoint(ctx, projections, (inner, [queries, keys, weights]) => {
      const own = (x: Tensor) => narrow(inner, x, { axis: 1, start, length });
      const seen = (x: Tensor) => narrow(inner, x, { axis: 1, start: 0, length: start + length });
      const begin = documentStart && columns(inner, documentStart, start, length);
      const target = attentionMass(inner, own(q), seen(k), own(logSumExp), begin, { scale });
      const rows = batch * length;
      const part: IndexerProjection = {
        queries: inner.reshape(own(queries), [rows, nHeads, headDim]),
        keys: seen(keys),
        weights: inner.reshape(own(weights), [rows, nHeads]),
      };
      const logits = scoreTokens(inner, config, batch, part, part.keys, begin);
      return weightedSum(inner, klDivergence(inner, target, logits), own(queryWeights));
    });
    total = total ? add(ctx, total, loss) : loss;
  }
  return total!;
}

/** The same over the selected tokens only (report equation 4): O(S k). indices `[B, S, k]`. */
export function sparseIndexerLoss(ctx: Context, config: ModelConfig, input: IndexerLossInput, indices: Tensor): Tensor {
  const { batch, indexer, operands, logSumExp, queryWeights } = input;
  const { q, k, scale } = operands;
  const target = sparseAttentionMass(ctx, q, k, logSumExp, indices, { scale });
  const logits = scoreSelected(ctx, config, batch, indexer, indices);
  return weightedSum(ctx, klDivergence(ctx, target, logits), queryWeights);
}

/** Columns of an integer matrix `[B, S]`. */
function columns(ctx: Context, matrix: Tensor, start: number, length: number): Tensor {
  const [B, S] = matrix.shape as [number, number];
  const { data } = matrix;
  return ctx.from(
    "i32",
    [B, length],
    Int32Array.from({ length: B * length }, (_, i) => data[Math.floor(i / length) * S + start + (i % length)]!),
  );
}
