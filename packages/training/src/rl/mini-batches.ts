/** Mini-batches of a step: whole groups, dealt in an order that depends on seed and step alone. */

import { shuffle } from "../data/packing.js";
import type { PolicyMetrics } from "./policy-gradient.js";

/** At most `count` mini-batches, none empty. */
export function miniBatches<T>(groups: readonly (readonly T[])[], count: number, seed: number): T[][] {
  const batches = Array.from({ length: Math.min(count, groups.length) }, (): T[] => []);
  for (const [i, at] of shuffle(groups.length, seed).entries()) batches[i % batches.length]!.push(...groups[at]!);
  return batches;
}

/** Metrics of all mini-batches as those of one, weighted by their tokens. */
export function joinedMetrics(parts: readonly { metrics: PolicyMetrics; tokens: number }[]): PolicyMetrics {
  const total = Math.max(
    parts.reduce((sum, { tokens }) => sum + tokens, 0),
    1,
  );
  const mean = (of: (metrics: PolicyMetrics) => number) =>
    parts.reduce((sum, { metrics, tokens }) => sum + of(metrics) * tokens, 0) / total;
  return {
    ratioMean: mean(({ ratioMean }) => ratioMean),
    ratioMax: parts.reduce((most, { metrics }) => Math.max(most, metrics.ratioMax), 0),
    clippedLow: mean(({ clippedLow }) => clippedLow),
    clippedHigh: mean(({ clippedHigh }) => clippedHigh),
    kl: mean(({ kl }) => kl),
    sequencesDropped: mean(({ sequencesDropped }) => sequencesDropped),
    ratiosClamped: parts.reduce((sum, { metrics }) => sum + metrics.ratiosClamped, 0),
  };
}
