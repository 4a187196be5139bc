import { type AttentionTrace, type IndexerProjection, type ModelConfig, scoreTokens } from "@cachalot/model";
import {
  add,
  attentionMass,
  type Context,
  checkpoint,
  klDivergence,
  narrow,
  type Tensor,
  weightedSum,
} from "@cachalot/tensor";
import { queryMean } from "./query-mean.js";

// Shapes: B batch, S queries, Hi indexer heads, Di indexer head dim.

/** Pairs of query and token, whose scores are kept at once in a warm-up: 64 MiB, and as much for their gradient. */
const PAIRS = 2 ** 24;

/**
 * The indexer's loss in dense warm-up (report equation 3): KL(attention || softmax(index scores)) over all visible tokens, mean
 * over queries, in nats, `[1]`. The target is a constant: the indexer learns from the attention, never the other way round. Long
 * rows are taken a few queries at a time, whose scores are made again in the backward pass: memory grows with the length, not
 * with its square.
 */
export function denseIndexerKl(ctx: Context, config: ModelConfig, trace: AttentionTrace, pairs = PAIRS): Tensor {
  const { batch, q, k, logSumExp, documentStart, scale } = trace;
  const indexer = trace.indexer!;
  const S = q.shape[1]!;
  const weights = queryMean(ctx, q);
  if (batch * S * S <= pairs) {
    const target = attentionMass(ctx, q, k, logSumExp, documentStart, { scale });
    const logits = scoreTokens(ctx, config, { batch, projection: indexer, keys: indexer.keys, documentStart });
    return weightedSum(ctx, klDivergence(ctx, target, logits), weights);
  }
  const { nHeads, headDim } = config.indexer!;
  const projections = {
    queries: ctx.reshape(indexer.queries, [batch, S, nHeads, headDim]),
    keys: ctx.reshape(indexer.keys, [batch, S, headDim]),
    weights: ctx.reshape(indexer.weights, [batch, S, nHeads]),
  };
  const step = Math.max(1, Math.floor(pairs / (batch * S)));
  let total: Tensor | undefined;
  for (let start = 0; start < S; start += step) {
    const loss = lossOfQueries(ctx, config, { trace, projections, weights, start, length: Math.min(step, S - start) });
    total = total ? add(ctx, total, loss) : loss;
  }
  return total!;
}

interface QueryRange {
  trace: AttentionTrace;
  /** `[B, S, Hi, Di]`, `[B, S, Di]`, `[B, S, Hi]` */
  projections: IndexerProjection;
  /** `[B, S]`, what each query counts for */
  weights: Tensor;
  start: number;
  length: number;
}

/** The part of the loss of `length` queries from `start` on. */
function lossOfQueries(
  ctx: Context,
  config: ModelConfig,
  { trace, projections, weights, start, length }: QueryRange,
): Tensor {
  const { batch, q, k, logSumExp, documentStart, scale } = trace;
  const { nHeads, headDim } = config.indexer!;
  const inputs = [projections.queries, projections.keys, projections.weights] as const;
  return checkpoint(ctx, inputs, (inner, [queries, keys, headWeights]) => {
    const own = (x: Tensor) => narrow(inner, x, { axis: 1, start, length });
    const seen = (x: Tensor) => narrow(inner, x, { axis: 1, start: 0, length: start + length });
    const begin = documentStart && columns(inner, documentStart, start, length);
    const target = attentionMass(inner, own(q), seen(k), own(logSumExp), begin, { scale });
    const rows = batch * length;
    const projection = {
      queries: inner.reshape(own(queries), [rows, nHeads, headDim]),
      weights: inner.reshape(own(headWeights), [rows, nHeads]),
    };
    const logits = scoreTokens(inner, config, { batch, projection, keys: seen(keys), documentStart: begin });
    return weightedSum(inner, klDivergence(inner, target, logits), own(weights));
  });
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
