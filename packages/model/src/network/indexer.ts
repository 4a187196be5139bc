import {
  type Context,
  indexScores,
  layerNorm,
  linear,
  linears,
  rope,
  sparseIndexScores,
  type Tensor,
} from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import type { RopeTables } from "./rope.js";
import type { IndexerWeights } from "./weights.js";

const K_NORM_EPSILON = 1e-6;

/** What the lightning indexer computes from new rows, before any score. */
export interface IndexerProjection {
  /** `[rows, Hi, Di]` */
  queries: Tensor;
  /** `[rows, 1, Di]`, what the cache keeps */
  keys: Tensor;
  /** `[rows, Hi]` */
  weights: Tensor;
}

/**
 * Lightning indexer projections. x `[rows, E]`, qr `[rows, Q]`: both detached by the caller in training. RoPE is on the
 * *first* rope dims and, but in GLM-5, *not* interleaved, unlike MLA's. The published Hadamard rotation of queries and keys changes no
 * dot product in exact arithmetic; it belongs to low-precision key storage and is left out in float32.
 */
export function projectIndexer(
  ctx: Context,
  { config, weights, tables }: { config: ModelConfig; weights: IndexerWeights; tables: RopeTables },
  x: Tensor,
  qr: Tensor,
): IndexerProjection {
  const { nHeads, headDim, ropeInterleaved = false } = config.indexer!;
  const rows = x.shape[0]!;
  const turn = { start: 0, interleaved: ropeInterleaved };
  const queries = ctx.reshape(linear(ctx, qr, weights.wqB), [rows, nHeads, headDim]);
  const [key, headWeights] = linears(ctx, x, [weights.wk, weights.weightsProj]);
  const normed = layerNorm(ctx, key!, weights.kNormWeight, weights.kNormBias, K_NORM_EPSILON);
  const keys = ctx.reshape(normed, [rows, 1, headDim]);
  return {
    queries: rope(ctx, queries, tables.cos, tables.sin, turn),
    keys: rope(ctx, keys, tables.cos, tables.sin, turn),
    weights: headWeights!,
  };
}

/** `Hi^-1/2 * Di^-1/2`, the constant factor of the index scores. */
export function indexScale(config: ModelConfig): number {
  const { nHeads, headDim } = config.indexer!;
  return (nHeads * headDim) ** -0.5;
}

/** Index scores `[B, S, T]` (-inf where not visible) of B*S projected rows against keys `[B*T, 1, Di]`. */
export function scoreTokens(
  ctx: Context,
  config: ModelConfig,
  {
    batch,
    projection,
    keys,
    documentStart,
  }: {
    batch: number;
    projection: Pick<IndexerProjection, "queries" | "weights">;
    keys: Tensor;
    /** `[B, S]` */
    documentStart?: Tensor | undefined;
  },
): Tensor {
  const { nHeads, headDim } = config.indexer!;
  const S = projection.queries.shape[0]! / batch;
  const T = keys.size / (batch * headDim);
  return indexScores(
    ctx,
    ctx.reshape(projection.queries, [batch, S, nHeads, headDim]),
    ctx.reshape(keys, [batch, T, headDim]),
    ctx.reshape(projection.weights, [batch, S, nHeads]),
    documentStart,
    { scale: indexScale(config) },
  );
}

/** Index scores of the selected tokens only, `[B, S, k]`, -Infinity where there is none. indices `[B, S, k]`. */
export function scoreSelected(
  ctx: Context,
  config: ModelConfig,
  { batch, projection, indices }: { batch: number; projection: IndexerProjection; indices: Tensor },
): Tensor {
  const { nHeads, headDim } = config.indexer!;
  const S = projection.queries.shape[0]! / batch;
  return sparseIndexScores(
    ctx,
    ctx.reshape(projection.queries, [batch, S, nHeads, headDim]),
    ctx.reshape(projection.keys, [batch, S, headDim]),
    ctx.reshape(projection.weights, [batch, S, nHeads]),
    indices,
    { scale: indexScale(config) },
  );
}
