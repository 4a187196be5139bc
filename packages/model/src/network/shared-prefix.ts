/**
 * Shared-prefix attention (a tree mask of depth two): several continuations behind one prompt in a row, each of which sees the prompt
 * and itself. The prompt is computed once. Its lightning indexer selects as if every continuation stood behind a prompt of its own.
 */

import {
  BLOCK_SIZE,
  type Context,
  gatherRows,
  indexCacheWrite,
  indexSelect,
  KEY_GROUP,
  type Tensor,
} from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { type IndexerProjection, indexScale } from "./indexer.js";
import type { PrefixedBatch, SharedPrefix } from "./packed-batch.js";

/** Tokens that follow one another and see the same: a document, or a continuation with the prefix before it. */
interface Run {
  /** Row of the batch of its first token, `b * seq + column`. */
  start: number;
  length: number;
  /** Row of the batch of the prefix's first token. */
  prefix: number;
  prefixLength: number;
}

/** What the rows of a batch see, by runs. The same for every layer. */
export class PrefixLayout {
  readonly #runs: Run[] = [];
  /** `[rows]`: the run of each row */
  readonly #runOf: Int32Array;

  constructor(
    private readonly batch: number,
    private readonly seq: number,
    documentStart: Int32Array,
    { column, length }: SharedPrefix,
  ) {
    this.#runOf = new Int32Array(batch * seq);
    for (let i = 0; i < batch * seq; i++) {
      const row = i - (i % seq);
      const isFirst = documentStart[i] === i % seq;
      if (isFirst) this.#runs.push({ start: i, length: 0, prefix: row + column[i]!, prefixLength: length[i]! });
      this.#runs.at(-1)!.length++;
      this.#runOf[i] = this.#runs.length - 1;
    }
  }

  /** A batch without a shared prefix has no such layout. */
  static of({ batch, seq, documentStart, prefix }: Omit<PrefixedBatch, "inputs">): PrefixLayout | undefined {
    if (!prefix) return undefined;
    const starts = documentStart ?? new Int32Array(batch * seq);
    return new PrefixLayout(batch, seq, starts, prefix);
  }

  /** Position of a row in what it sees: behind its prefix. */
  #positionOf(i: number): number {
    const { start, prefixLength } = this.#runs[this.#runOf[i]!]!;
    return prefixLength + i - start;
  }

  /** The column of position `position` as row `i` sees it. */
  #columnOf(i: number, position: number): number {
    const { start, prefix, prefixLength } = this.#runs[this.#runOf[i]!]!;
    return (position < prefixLength ? prefix + position : start + position - prefixLength) % this.seq;
  }

  /** All columns that each row sees, `[B, S, most]`, -1 behind the last. */
  visible(ctx: Context): Tensor {
    const rows = this.batch * this.seq;
    let most = 1;
    for (let i = 0; i < rows; i++) most = Math.max(most, this.#positionOf(i) + 1);
    const columns = new Int32Array(rows * most).fill(-1);
    for (let i = 0; i < rows; i++)
      for (let p = this.#positionOf(i); p >= 0; p--) columns[i * most + p] = this.#columnOf(i, p);
    return ctx.from("i32", [this.batch, this.seq, most], columns);
  }

  /** The columns that the indexer selects for each row, `[B, S, index_topk]`, ascending, -1 where fewer are visible. */
  select(ctx: Context, config: ModelConfig, { queries, keys, weights }: IndexerProjection): Tensor {
    const { headDim, topk } = config.indexer!;
    const rows = this.batch * this.seq;
    const { keyRows, slots, blocks, width, count } = this.#paged();
    const pool = ctx.own(ctx.device.empty("f32", [(count * BLOCK_SIZE) / KEY_GROUP, headDim, KEY_GROUP]));
    // Every run has its prefix's keys in blocks of its own.
    const copied = gatherRows(
      ctx,
      ctx.reshape(ctx.detach(keys), [rows, headDim]),
      ctx.from("i32", [keyRows.length], keyRows),
    );
    indexCacheWrite(ctx, pool, undefined, copied, ctx.from("i32", [slots.length], slots));
    const paged = {
      sequence: ctx.from("i32", [rows], this.#runOf),
      position: ctx.from(
        "i32",
        [rows],
        Int32Array.from({ length: rows }, (_, i) => this.#positionOf(i)),
      ),
      blocks: ctx.from("i32", [this.#runs.length, width], blocks),
    };
    const chosen = indexSelect(ctx, queries, weights, pool, undefined, paged, { k: topk, scale: indexScale(config) });
    ctx.release(pool);
    const positions = chosen.data as Int32Array;
    const columns = positions.map((position, j) =>
      position < 0 ? position : this.#columnOf(Math.floor(j / topk), position),
    );
    return ctx.from("i32", [this.batch, this.seq, topk], columns);
  }

  /** Where each run's keys are: their rows of the batch, their slots, and the blocks of every run. */
  #paged() {
    const needed = this.#runs.map(({ prefixLength, length }) => Math.ceil((prefixLength + length) / BLOCK_SIZE));
    const width = Math.max(...needed);
    const blocks = new Int32Array(this.#runs.length * width);
    const keyRows: number[] = [];
    const slots: number[] = [];
    let count = 0;
    this.#runs.forEach(({ start, length, prefix, prefixLength }, run) => {
      for (let p = 0; p < prefixLength + length; p++) {
        keyRows.push(p < prefixLength ? prefix + p : start + p - prefixLength);
        slots.push(count * BLOCK_SIZE + p);
      }
      for (let block = 0; block < needed[run]!; block++) blocks[run * width + block] = count + block;
      count += needed[run]!;
    });
    return { keyRows: Int32Array.from(keyRows), slots: Int32Array.from(slots), blocks, width, count };
  }
}
