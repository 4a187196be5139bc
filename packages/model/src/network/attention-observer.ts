/**
 * Attention probabilities and index scores of single rows of a forward pass, over every token they see: what the lightning indexer chose
 * from, and what full attention would have read. Costs those rows what dense attention costs, and the others nothing.
 */

import {
  attentionMass,
  type Context,
  cacheRead,
  type IndexKeys,
  type IndexQuery,
  indexScoresOfRow,
  type Tensor,
} from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import type { Segment } from "./batch-layout.js";
import type { LayerPool } from "./block-pool.js";
import { copyRows, eachRun } from "./copy-rows.js";
import { type IndexerProjection, indexScale } from "./indexer.js";
import { latentCoreAttention } from "./latent-attention.js";
import { takeRows } from "./take-rows.js";
import type { AttentionWeights } from "./weights.js";

/** What a row's attention came from, by layer; each value is that of a position, from 0 up to the row's own. */
export interface ObservedAttention {
  /** Probabilities of attention over all tokens, averaged over heads: they sum to 1. */
  mass: Float32Array[];
  /** The lightning indexer's scores, as its selection compared them; undefined where none were asked for, or the model has no indexer. */
  scores: Float32Array[] | undefined;
}

/** A row of the pass that is watched. */
export interface ObservedRow {
  row: number;
  /** Its index scores, too. */
  scores: boolean;
}

/** One layer of a pass, its new rows written to the cache. */
interface ObservedLayer {
  config: ModelConfig;
  weights: AttentionWeights;
  pool: LayerPool;
  /** `[rows of the pass, H, N+R]` */
  queries: Tensor;
  indexer: IndexerProjection | undefined;
  segments: readonly Segment[];
}

interface Pending {
  mass: Promise<Float32Array>[];
  scores: Promise<Float32Array>[];
}

export class AttentionObserver {
  readonly #pending: readonly Pending[];

  constructor(private readonly rows: readonly ObservedRow[]) {
    this.#pending = rows.map(() => ({ mass: [], scores: [] }));
  }

  /** Begins to read what it needs of a layer, while it is there. */
  observe(ctx: Context, layer: ObservedLayer): void {
    for (const [i, { row, scores }] of this.rows.entries()) {
      const segment = layer.segments.find(({ start, count }) => row >= start && row < start + count)!;
      const seen = { row, cache: segment.cache, tokens: segment.past + row - segment.start + 1 };
      this.#pending[i]!.mass.push(massOf(ctx, layer, seen));
      if (scores && layer.indexer) this.#pending[i]!.scores.push(scoresOf(ctx, layer, layer.indexer, seen));
    }
  }

  /** Of the rows, in order. */
  async observed(): Promise<ObservedAttention[]> {
    return Promise.all(
      this.#pending.map(async ({ mass, scores }) => ({
        mass: await Promise.all(mass),
        scores: scores.length > 0 ? await Promise.all(scores) : undefined,
      })),
    );
  }
}

/** A row with the tokens it sees. */
interface SeenTokens {
  row: number;
  cache: Segment["cache"];
  tokens: number;
}

async function massOf(
  ctx: Context,
  { config, weights, pool, queries }: ObservedLayer,
  { row, cache, tokens }: SeenTokens,
): Promise<Float32Array> {
  const latent = cacheRead(ctx, pool.latent, ctx.from("i32", [tokens], cache.slots(0, tokens)));
  const { q, k, logSumExp, scale } = latentCoreAttention(ctx, {
    config,
    weights,
    batch: 1,
    queries: takeRows(ctx, queries, [row]),
    latent,
  });
  return (await copyOf(attentionMass(ctx, q, k, logSumExp, undefined, { scale }))) as Float32Array;
}

async function scoresOf(
  ctx: Context,
  { config, pool }: ObservedLayer,
  indexer: IndexerProjection,
  { row, cache, tokens }: SeenTokens,
): Promise<Float32Array> {
  const blocks = (from: Tensor): Tensor => {
    const gathered = ctx.own(ctx.device.empty(from.dtype, [cache.blocks.length, ...from.shape.slice(1)]));
    eachRun(cache.blocks, (block, at, count) => copyRows(from, block, gathered, at, count));
    return gathered;
  };
  const [query, weights, keys, scales] = await Promise.all([
    copyOf(takeRows(ctx, indexer.queries, [row])),
    copyOf(takeRows(ctx, indexer.weights, [row])),
    copyOf(blocks(pool.indexKeys!)),
    pool.indexScales && copyOf(blocks(pool.indexScales)),
  ]);
  const scored: IndexQuery = { query: query as Float32Array, weights, scale: indexScale(config) };
  const all: IndexKeys = { dim: config.indexer!.headDim, pool: keys, scales };
  const slots = Int32Array.from({ length: tokens }, (_, position) => position);
  return Float32Array.from(indexScoresOfRow(scored, all, slots));
}

const copyOf = (tensor: Tensor) => tensor.device.read(tensor);
