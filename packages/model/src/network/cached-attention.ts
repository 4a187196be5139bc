import {
  type Context,
  cacheRead,
  cacheWrite,
  concat,
  expandedAttention,
  headLinear,
  indexCacheWrite,
  indexSelect,
  linear,
  narrow,
  pagedAttention,
  type Tensor,
} from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { type AttentionMode, coreAttention, type MlaForm, mlaOperands, projectMla, scoreTokens } from "./attention.js";
import { indexScale } from "./indexer.js";
import type { LayerPool } from "./page-pool.js";
import { firstRows, type PagedBatch, type Segment, totalOf } from "./paged-batch.js";
import { type RopeTables, softmaxScale } from "./rope.js";
import type { AttentionWeights } from "./weights.js";

export interface CachedAttentionOptions {
  /** Default: sparse where the model has an indexer. */
  attention?: AttentionMode;
  /** Default: whichever is less work. The numbers are the same. */
  form?: MlaForm;
  /** Index scores `[S, T]` and selection `[S, k]` of a forward pass of one sequence. */
  onSelection?: (scores: Tensor, indices: Tensor) => void;
}

/**
 * New rows from which on it is less work to expand a history's latents into keys and values per head (MHA form) than to
 * attend to the latents themselves (MQA form): C(N+V) multiply-adds per head and token against 2C - N - V per head, token
 * and new row.
 */
function rowsWorthExpanding(config: ModelConfig): number {
  const { kvLoraRank: C, qkNopeHeadDim: N, vHeadDim: V } = config;
  return 2 * C > N + V ? Math.ceil((C * (N + V)) / (2 * C - N - V)) : 1;
}

/** Whether the tokens a segment sees are more than the indexer would select of them. */
function selects(config: ModelConfig, segment: Segment, options: CachedAttentionOptions): boolean {
  // With no more tokens than index_topk every one is selected: sparse equals dense, and dense is less work.
  return (
    config.indexer !== undefined &&
    options.attention !== "dense" &&
    (totalOf(segment) > config.indexer.topk || options.onSelection !== undefined)
  );
}

/** Whether a segment is done in MHA form, by itself; all others are done together in MQA form. */
export function isExpanded(config: ModelConfig, segment: Segment, options: CachedAttentionOptions): boolean {
  if (options.form) return options.form === "mha";
  // Keys and values per head take many times the memory of a latent: a long history is never expanded.
  const isLong = 4 * segment.count < totalOf(segment);
  return !isLong && !selects(config, segment, options) && segment.count >= rowsWorthExpanding(config);
}

/**
 * Attention of new rows over the cache, which they are written to first. x `[rows, E]` (normed) to `[rows, H*V]`.
 * Segments in MHA form come last.
 */
export function cachedAttention(
  ctx: Context,
  config: ModelConfig,
  weights: AttentionWeights,
  x: Tensor,
  tables: RopeTables,
  pool: LayerPool,
  batch: PagedBatch,
  segments: readonly Segment[],
  options: CachedAttentionOptions,
): Tensor {
  const projection = projectMla(ctx, config, weights, x, tables);
  const { indexer } = projection;
  cacheWrite(ctx, pool.latent, projection.latent, batch.slots);
  if (indexer && pool.indexKeys) {
    const { headDim } = config.indexer!;
    const keys = ctx.reshape(indexer.keys, [x.shape[0]!, headDim]);
    indexCacheWrite(ctx, pool.indexKeys, pool.indexScales, keys, batch.slots);
  }
  const together = segments.filter((segment) => !isExpanded(config, segment, options));
  const count = together.reduce((sum, segment) => sum + segment.count, 0);
  const head = (tensor: Tensor) => (count === x.shape[0] ? tensor : ctx.own(tensor.rows(0, count)));
  const select = (rows: number): Tensor | undefined => {
    if (!indexer || !segments.some((segment) => selects(config, segment, options))) return undefined;
    const part = (tensor: Tensor) => (rows === x.shape[0] ? tensor : ctx.own(tensor.rows(0, rows)));
    const paged = firstRows(ctx, batch.rows, rows);
    const attrs = { k: config.indexer!.topk, scale: indexScale(config) };
    const { indexKeys, indexScales } = pool;
    return indexSelect(ctx, part(indexer.queries), part(indexer.weights), indexKeys!, indexScales, paged, attrs);
  };
  const report = (indices: Tensor | undefined) => {
    if (!indices || !options.onSelection || !indexer) return;
    const keys = unpackIndexKeys(ctx, pool.indexKeys!, segments[0]!);
    options.onSelection(scoreTokens(ctx, config, 1, indexer, keys, undefined), indices);
  };
  if (count === x.shape[0]) {
    const indices = select(count);
    report(indices);
    return attendAbsorbed(ctx, config, weights, projection.queries, pool.latent, batch, indices);
  }
  const width = config.numAttentionHeads * config.vHeadDim;
  const output = ctx.own(ctx.device.empty("f32", [x.shape[0]!, width]));
  if (count > 0)
    output.data.set(
      attendAbsorbed(ctx, config, weights, head(projection.queries), pool.latent, batch, select(count)).data,
    );
  for (const segment of segments) {
    if (!isExpanded(config, segment, options)) continue;
    // Asked for this form, a selection may come with it; by itself it is chosen only where nothing is selected.
    const indices = options.form && segments.length === 1 ? select(segment.count) : undefined;
    report(indices);
    const expanded = attendExpanded(ctx, config, weights, projection.queries, pool.latent, segment, indices);
    output.data.set(expanded.data, segment.start * width);
  }
  return output;
}

/** MQA form: queries `[rows, H, N+R]` absorbed into the latent space, attending to the cache as it lies. */
function attendAbsorbed(
  ctx: Context,
  config: ModelConfig,
  weights: AttentionWeights,
  queries: Tensor,
  latent: Tensor,
  batch: PagedBatch,
  indices: Tensor | undefined,
): Tensor {
  const { numAttentionHeads: H, qkNopeHeadDim: N, qkRopeHeadDim: R, kvLoraRank: C, vHeadDim: V } = config;
  const { key, keyTransposed, value } = weights.kvBSplit!;
  const rows = queries.shape[0]!;
  const nope = narrow(ctx, queries, { axis: 2, start: 0, length: N });
  const absorbed = headLinear(ctx, nope, key, { transposeWeight: keyTransposed });
  const q = concat(ctx, absorbed, narrow(ctx, queries, { axis: 2, start: N, length: R }));
  const attrs = { scale: softmaxScale(config), valueDim: C };
  const output = pagedAttention(ctx, q, latent, firstRows(ctx, batch.rows, rows), indices, attrs);
  return ctx.reshape(headLinear(ctx, output, value, { transposeWeight: true }), [rows, H * V]);
}

/** MHA form: one sequence, its latents expanded into keys and values per head. */
function attendExpanded(
  ctx: Context,
  config: ModelConfig,
  weights: AttentionWeights,
  queries: Tensor,
  pool: Tensor,
  segment: Segment,
  indices: Tensor | undefined,
): Tensor {
  const total = totalOf(segment);
  const slots = ctx.from("i32", [total], segment.cache.slots(0, total));
  const latent = cacheRead(ctx, pool, slots);
  const own = ctx.own(queries.rows(segment.start, segment.count));
  if (pool.dtype === "bf16" && !indices) {
    const { kvLoraRank: C, qkRopeHeadDim: R, numAttentionHeads: H, vHeadDim: V } = config;
    const kv = linear(ctx, narrow(ctx, latent, { axis: 1, start: 0, length: C }), weights.kvBProj);
    const rope = narrow(ctx, latent, { axis: 1, start: C, length: R });
    const attrs = { scale: softmaxScale(config), valueDim: V };
    return ctx.reshape(expandedAttention(ctx, own, kv, rope, attrs), [segment.count, H * V]);
  }
  const operands = mlaOperands(ctx, config, weights, "mha", 1, own, latent);
  const chosen = indices && ctx.reshape(indices, [1, segment.count, indices.shape[1]!]);
  return coreAttention(ctx, config, weights, operands, undefined, chosen).output;
}

/** Indexer keys `[tokens, dim]` of a sequence as they were written: f32 pools only. */
function unpackIndexKeys(ctx: Context, pool: Tensor, segment: Segment): Tensor {
  const [, dim, lanes] = pool.shape as [number, number, number];
  const total = totalOf(segment);
  const keys = new Float32Array(total * dim);
  segment.cache.slots(0, total).forEach((slot, t) => {
    for (let d = 0; d < dim; d++)
      keys[t * dim + d] = pool.data[(Math.floor(slot / lanes) * dim + d) * lanes + (slot % lanes)]!;
  });
  return ctx.from("f32", [total, dim], keys);
}
