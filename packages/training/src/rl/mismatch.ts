import type { Mismatch } from "./rl-metrics.js";
import type { TrainingSequence } from "./training-sequence.js";

/** What the engine recorded against what the trainer computes for the same tokens. */
export function mismatchOf(sequences: readonly TrainingSequence[], logprobs: readonly Float64Array[]): Mismatch {
  let [sum, max, k3, count] = [0, 0, 0, 0];
  sequences.forEach(({ oldLogprobs }, i) => {
    for (const [t, old] of oldLogprobs.entries()) {
      const difference = logprobs[i]![t]! - old;
      sum += Math.abs(difference);
      max = Math.max(max, Math.abs(difference));
      k3 += Math.expm1(difference) - difference;
      count++;
    }
  });
  const tokens = Math.max(count, 1);
  return { mean: sum / tokens, max, k3: k3 / tokens };
}
