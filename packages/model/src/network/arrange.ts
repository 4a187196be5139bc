import type { ModelConfig } from "../config/index.js";
import { type CachedAttentionOptions, isExpanded } from "./cached-attention.js";
import type { Segment } from "./paged-batch.js";

/**
 * Rows of a forward pass: segments in MHA form last. Sets each segment's `start`; returns the segments as their rows lie,
 * which is what attention wants, and leaves `order`, as the inputs came, alone.
 */
export function arrange(
  config: ModelConfig,
  order: readonly Segment[],
  options: CachedAttentionOptions,
): readonly Segment[] {
  const expanded = new Map(order.map((segment) => [segment, isExpanded(config, segment, options)]));
  const segments = [...order].sort((a, b) => Number(expanded.get(a)) - Number(expanded.get(b)));
  let start = 0;
  for (const segment of segments) {
    segment.start = start;
    start += segment.count;
  }
  return segments;
}

/** What each input has of its rows, `width` values a row, laid as the segments lie. */
export function layRows<T extends Int32Array | Float32Array>(
  out: T,
  order: readonly Segment[],
  parts: readonly T[],
  width = 1,
): T {
  for (const [i, { start }] of order.entries()) out.set(parts[i]!, start * width);
  return out;
}

/** Indices of the last `count` rows of every segment, in order. */
export function lastRows(order: readonly Segment[], counts: readonly number[]): number[] {
  return order.flatMap(({ start, count }, i) => {
    const wanted = counts[i]!;
    return Array.from({ length: wanted }, (_, j) => start + count - wanted + j);
  });
}
