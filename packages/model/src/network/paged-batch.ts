import type { Context, PagedRows, Tensor } from "@cachalot/tensor";
import type { KvCache } from "./kv-cache.js";

/** Tokens of one sequence in a forward pass. */
export interface Segment {
  cache: KvCache;
  /** Position of the first of them. */
  past: number;
  /** First of its rows. */
  start: number;
  count: number;
}

/** Tokens the sequence has once the segment is read. */
export function totalOf({ past, count }: Segment): number {
  return past + count;
}

/** Where the rows of a forward pass lie in the cache, and what they see of it. Shared by all layers. */
export interface PagedBatch {
  /** i32 `[rows]`: the slots the rows are written to */
  slots: Tensor;
  rows: PagedRows;
}

export function pagedBatch(ctx: Context, segments: readonly Segment[]): PagedBatch {
  const rows = segments.reduce((sum, { count }) => sum + count, 0);
  const [slots, sequence, position] = [new Int32Array(rows), new Int32Array(rows), new Int32Array(rows)];
  const width = Math.max(...segments.map(({ cache }) => cache.blocks.length));
  const pages = new Int32Array(segments.length * width);
  segments.forEach((segment, s) => {
    const { cache, past, start, count } = segment;
    slots.set(cache.slots(past, totalOf(segment)), start);
    sequence.fill(s, start, start + count);
    for (let i = 0; i < count; i++) position[start + i] = past + i;
    pages.set(cache.blocks, s * width);
  });
  return {
    slots: ctx.from("i32", [rows], slots),
    rows: {
      sequence: ctx.from("i32", [rows], sequence),
      position: ctx.from("i32", [rows], position),
      pages: ctx.from("i32", [segments.length, width], pages),
    },
  };
}

/** The first `count` rows of a batch. */
export function firstRows(ctx: Context, { sequence, position, pages }: PagedRows, count: number): PagedRows {
  if (count === sequence.shape[0]) return { sequence, position, pages };
  return { sequence: ctx.own(sequence.rows(0, count)), position: ctx.own(position.rows(0, count)), pages };
}
