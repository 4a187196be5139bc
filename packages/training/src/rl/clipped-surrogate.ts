/** PPO's clipped surrogate with clip-higher: the lower and the upper bound of the ratio are set apart (DAPO, 2503.14476). */

import type { MetricsTally } from "./policy-gradient.js";

export interface ClipRange {
  /** The ratio counts from 1 - clipLow ... */
  clipLow: number;
  /** ... to 1 + clipHigh. */
  clipHigh: number;
}

/**
 * min(r A, clip(r, 1 - low, 1 + high) A) and its derivative by log pi, which is r A where the ratio is not clipped, else 0.
 */
export function clippedSurrogate(
  ratio: number,
  advantage: number,
  { clipLow, clipHigh }: ClipRange,
  tally: MetricsTally,
): { value: number; gradient: number } {
  const clipped = Math.max(1 - clipLow, Math.min(1 + clipHigh, ratio));
  const [plain, bounded] = [ratio * advantage, clipped * advantage];
  if (plain <= bounded) return { value: plain, gradient: plain };
  tally.clip(ratio > clipped ? "high" : "low");
  return { value: bounded, gradient: 0 };
}
