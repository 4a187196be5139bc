import { add, type Context, linear, rmsNorm, type Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { type CachedAttentionOptions, cachedAttention } from "./cached-attention.js";
import { denseMlp, moe } from "./mlp.js";
import type { LayerPool } from "./page-pool.js";
import type { PagedBatch, Segment } from "./paged-batch.js";
import type { RopeTables } from "./rope.js";
import { isMoe, type LayerWeights } from "./weights.js";

/** What the layers of a forward pass have in common. */
export interface ForwardPass {
  batch: PagedBatch;
  segments: readonly Segment[];
  tables: RopeTables;
}

/** One layer over the cache: attention, then MLP or experts, each on normed input and added. x `[rows, E]` to `[rows, E]`. */
export function decoderLayer(
  ctx: Context,
  config: ModelConfig,
  weights: LayerWeights,
  x: Tensor,
  pool: LayerPool,
  { batch, segments, tables }: ForwardPass,
  options: CachedAttentionOptions,
): Tensor {
  const normed = rmsNorm(ctx, x, weights.inputLayernorm, config.rmsNormEps);
  const heads = cachedAttention(ctx, config, weights.attention, normed, tables, pool, batch, segments, options);
  const attended = add(ctx, x, linear(ctx, heads, weights.attention.oProj));
  const mlpInput = rmsNorm(ctx, attended, weights.postAttentionLayernorm, config.rmsNormEps);
  const output = isMoe(weights.mlp)
    ? moe(ctx, config, weights.mlp, mlpInput).output
    : denseMlp(ctx, weights.mlp, mlpInput);
  return add(ctx, attended, output);
}
