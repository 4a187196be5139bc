import { type Context, layerNorm, linear, linears, rope, type Tensor } from "@cachalot/tensor";
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
  config: ModelConfig,
  weights: IndexerWeights,
  x: Tensor,
  qr: Tensor,
  tables: RopeTables,
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
