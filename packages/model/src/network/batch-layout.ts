import type { Context, PagedRows, Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import type { KvCache } from "./kv-cache.js";
import type { AttentionMode, MlaForm } from "./mla.js";

/** New tokens of one sequence in a forward pass. */
export interface SegmentInput {
  cache: KvCache;
  /** Position of the first of them. */
  past: number;
  count: number;
}

/** A segment with its place among the rows, and how its rows attend. */
export interface Segment extends SegmentInput {
  /** First of its rows. */
  start: number;
  /** Tokens the sequence has once the segment is read. */
  total: number;
  /** MHA form is done sequence by sequence, MQA form for all together. */
  form: MlaForm;
  /** Attends to the indexer's selection, not to all its tokens. */
  selects: boolean;
}

/** Rows that attend together. */
export interface RowGroup {
  rows: readonly number[];
  /** What they see of the cache. */
  paged: PagedRows;
  selects: boolean;
}

/** Where the rows of a forward pass lie in the KV cache, and which of them attend together. Shared by all layers. */
export interface BatchLayout {
  /** In the order of the inputs, as their rows are. */
  segments: readonly Segment[];
  rows: number;
  /** `[rows]` */
  positions: Int32Array;
  /** i32 `[rows]`: the slots the rows are written to */
  slots: Tensor;
  /** All rows in MQA form; undefined where there are none. */
  latent: RowGroup | undefined;
  /** Segments in MHA form. */
  expanded: readonly (RowGroup & { segment: Segment })[];
}

export interface LayoutOptions {
  /** Default: sparse where the model has an indexer. */
  attention?: AttentionMode | undefined;
  /** Default: whichever is less work. The numbers are the same. */
  form?: MlaForm | undefined;
}

/** Lays the tokens of all inputs out as rows, one input behind the other, and chooses each one's form of attention. */
export function layOut(
  ctx: Context,
  config: ModelConfig,
  inputs: readonly SegmentInput[],
  options: LayoutOptions,
): BatchLayout {
  let rows = 0;
  const segments = inputs.map((input): Segment => {
    const total = input.past + input.count;
    const selects = selectsTokens(config, total, options);
    const start = rows;
    rows += input.count;
    return { ...input, start, total, selects, form: options.form ?? cheaperForm(config, input.count, total, selects) };
  });
  const positions = new Int32Array(rows);
  const slots = new Int32Array(rows);
  for (const { cache, past, start, count, total } of segments) {
    for (let i = 0; i < count; i++) positions[start + i] = past + i;
    slots.set(cache.slots(past, total), start);
  }
  const group = (members: readonly Segment[]): RowGroup => ({
    rows: members.flatMap(({ start, count }) => Array.from({ length: count }, (_, i) => start + i)),
    paged: pagedRows(ctx, members),
    selects: members.some(({ selects }) => selects),
  });
  const latent = segments.filter(({ form }) => form === "mqa");
  return {
    segments,
    rows,
    positions,
    slots: ctx.from("i32", [rows], slots),
    latent: latent.length > 0 ? group(latent) : undefined,
    expanded: segments.filter(({ form }) => form === "mha").map((segment) => ({ ...group([segment]), segment })),
  };
}

/** Whether a sequence of `total` tokens has more of them than the indexer would select. */
function selectsTokens(config: ModelConfig, total: number, { attention }: LayoutOptions): boolean {
  // With no more tokens than index_topk every one is selected: sparse equals dense, and dense is less work.
  return config.indexer !== undefined && attention !== "dense" && total > config.indexer.topk;
}

/**
 * The form that is less work. Expanding a history's latents into keys and values per head costs C(N+V) multiply-adds per head
 * and token; attending to the latents themselves costs 2C - N - V more per head, token and new row.
 */
function cheaperForm(config: ModelConfig, count: number, total: number, selects: boolean): MlaForm {
  const { kvLoraRank: C, qkNopeHeadDim: N, vHeadDim: V } = config;
  const rowsWorthExpanding = 2 * C > N + V ? Math.ceil((C * (N + V)) / (2 * C - N - V)) : 1;
  // Keys and values per head take many times the memory of a latent: a long history is never expanded.
  const isLong = 4 * count < total;
  return !isLong && !selects && count >= rowsWorthExpanding ? "mha" : "mqa";
}

function pagedRows(ctx: Context, segments: readonly Segment[]): PagedRows {
  const rows = segments.reduce((sum, { count }) => sum + count, 0);
  const [sequence, position] = [new Int32Array(rows), new Int32Array(rows)];
  const width = Math.max(...segments.map(({ cache }) => cache.blocks.length));
  const blocks = new Int32Array(segments.length * width);
  let row = 0;
  segments.forEach(({ cache, past, count }, s) => {
    sequence.fill(s, row, row + count);
    for (let i = 0; i < count; i++) position[row++] = past + i;
    blocks.set(cache.blocks, s * width);
  });
  return {
    sequence: ctx.from("i32", [rows], sequence),
    position: ctx.from("i32", [rows], position),
    blocks: ctx.from("i32", [segments.length, width], blocks),
  };
}

/** Numbers of the last `counts[i]` rows of every segment, in order. */
export function lastRows(segments: readonly Segment[], counts: readonly number[]): number[] {
  return segments.flatMap(({ start, count }, i) => {
    const wanted = counts[i]!;
    return Array.from({ length: wanted }, (_, j) => start + count - wanted + j);
  });
}
