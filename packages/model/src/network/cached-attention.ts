import {
  type Context,
  cacheWrite,
  indexCacheWrite,
  indexSelect,
  type PagedRows,
  type Tensor,
  transpose,
} from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import type { AttentionObserver } from "./attention-observer.js";
import type { BatchLayout, RowGroup, Segment } from "./batch-layout.js";
import type { LayerPool } from "./block-pool.js";
import { copyRows, eachRun } from "./copy-rows.js";
import type { Attention } from "./decoder-layer.js";
import { expandedCachedAttention } from "./expanded-attention.js";
import { type IndexerProjection, indexScale, scoreTokens } from "./indexer.js";
import { latentCachedAttention } from "./latent-attention.js";
import { projectMla } from "./mla.js";
import type { RopeTables } from "./rope.js";
import type { Selection } from "./selection.js";
import { takeRows } from "./take-rows.js";
import type { AttentionWeights } from "./weights.js";

export interface CachedAttentionOptions {
  config: ModelConfig;
  /** Memory of the KV cache by layer. */
  pools: readonly LayerPool[];
  layout: BatchLayout;
  tables: RopeTables;
  selection?: Selection | undefined;
  /** Index scores `[S, T]` of a prefill of one sequence with an f32 cache. */
  onIndexScores?: ((layer: number, scores: Tensor) => void) | undefined;
  observer?: AttentionObserver | undefined;
}

/** Attention of new rows over the KV cache, which they are written to first. */
export function cachedAttention(options: CachedAttentionOptions): Attention {
  const { config, pools, layout, tables, onIndexScores, observer } = options;
  return (ctx, { index, weights }, x) => {
    const pool = pools[index]!;
    const { queries, latent, indexer } = projectMla(ctx, x, { config, weights, tables });
    cacheWrite(ctx, pool.latent, latent, layout.slots);
    if (indexer && pool.indexKeys) {
      const keys = ctx.reshape(indexer.keys, [layout.rows, config.indexer!.headDim]);
      indexCacheWrite(ctx, pool.indexKeys, pool.indexScales, keys, layout.slots);
      onIndexScores?.(index, scoresOfOne(ctx, config, indexer, pool.indexKeys, layout.segments[0]!));
    }
    observer?.observe(ctx, { config, weights, pool, queries, indexer, segments: layout.segments });
    const attend = (group: RowGroup & { segment?: Segment }) =>
      attendGroup(ctx, options, {
        weights,
        pool,
        queries,
        group,
        indices: select(ctx, options, { index, indexer, pool, group }),
      });
    const groups = layout.latent ? [layout.latent, ...layout.expanded] : layout.expanded;
    const [first] = groups;
    if (first && groups.length === 1) return attend(first);
    const output = ctx.own(ctx.device.empty("f32", [layout.rows, config.numAttentionHeads * config.vHeadDim]));
    for (const group of groups) placeRows(output, attend(group), group.rows);
    return output;
  };
}

/** One group's attention in its form, `[rows of the group, H*V]`. */
function attendGroup(
  ctx: Context,
  { config }: CachedAttentionOptions,
  input: {
    weights: AttentionWeights;
    pool: LayerPool;
    /** `[rows of the pass, H, N+R]` */
    queries: Tensor;
    group: RowGroup & { segment?: Segment };
    indices: Tensor | undefined;
  },
): Tensor {
  const { weights, group, indices } = input;
  const queries = takeRows(ctx, input.queries, group.rows);
  const pool = input.pool.latent;
  if (!group.segment)
    return latentCachedAttention(ctx, { config, weights, queries, pool, paged: group.paged, indices });
  const { cache, total } = group.segment;
  return expandedCachedAttention(ctx, { config, weights, queries, pool, slots: cache.slots(0, total), indices });
}

/** The selection `[rows of the group, k]` of a group that attends sparsely. */
function select(
  ctx: Context,
  { config, selection }: CachedAttentionOptions,
  input: { index: number; indexer: IndexerProjection | undefined; pool: LayerPool; group: RowGroup },
): Tensor | undefined {
  const { index, indexer, pool, group } = input;
  if (!indexer || !group.selects) return undefined;
  const replayed = selection?.replay?.(index);
  const indices = replayed ? pickRows(ctx, replayed, group.rows) : selectCached(ctx, config, indexer, pool, group);
  selection?.record?.(index, indices, group.rows);
  return indices;
}

function selectCached(
  ctx: Context,
  config: ModelConfig,
  indexer: IndexerProjection,
  { indexKeys, indexScales }: LayerPool,
  { rows, paged }: { rows: readonly number[]; paged: PagedRows },
): Tensor {
  const queries = takeRows(ctx, indexer.queries, rows);
  const weights = takeRows(ctx, indexer.weights, rows);
  const attrs = { k: config.indexer!.topk, scale: indexScale(config) };
  return indexSelect(ctx, queries, weights, indexKeys!, indexScales, paged, attrs);
}

/** Rows of an integer matrix. */
function pickRows(ctx: Context, matrix: Tensor, rows: readonly number[]): Tensor {
  const picked = ctx.own(ctx.device.empty("i32", [rows.length, matrix.shape[1]!]));
  eachRun(rows, (row, at, count) => copyRows(matrix, row, picked, at, count));
  return picked;
}

/** Writes a group's rows `[n, width]` to their places in `output` `[rows, width]`. */
function placeRows(output: Tensor, part: Tensor, rows: readonly number[]): void {
  eachRun(rows, (row, at, count) => copyRows(part, at, output, row, count));
}

/** Index scores `[S, T]` of the one sequence of a pass, from its keys as they were written: f32 pools only. */
function scoresOfOne(
  ctx: Context,
  config: ModelConfig,
  projection: IndexerProjection,
  pool: Tensor,
  { cache, total }: Segment,
): Tensor {
  const [, dim, lanes] = pool.shape as [number, number, number];
  const groups = ctx.own(ctx.device.empty("f32", [cache.blocks.length, dim, lanes]));
  eachRun(cache.blocks, (block, at, count) => copyRows(pool, block, groups, at, count));
  const keys = ctx.reshape(transpose(ctx, groups), [cache.blocks.length * lanes, dim]);
  const scores = scoreTokens(ctx, config, { batch: 1, projection, keys: ctx.own(keys.rows(0, total)) });
  return ctx.own(scores.reshape(scores.shape.slice(1)));
}
