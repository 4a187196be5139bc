/** The clipped policy gradient token by token, weighted as the algorithm says. */

import { type ClipRange, clippedSurrogate } from "./clipped-surrogate.js";
import { MetricsTally, type PolicyGradient, type SampledSequence } from "./policy-gradient.js";

/**
 * loss = - sum over tokens of weight * min(r A, clip(r) A).
 *
 * @param weightOf of token t of a sequence
 * @param oldOf log pi_old; default: as the engine recorded them
 */
export function tokenPolicyGradient(
  sequences: readonly SampledSequence[],
  clip: ClipRange,
  weightOf: (sequence: SampledSequence, t: number) => number,
  oldOf: (sequence: SampledSequence) => ArrayLike<number> = ({ oldLogprobs }) => oldLogprobs,
): PolicyGradient {
  const tally = new MetricsTally();
  let loss = 0;
  const gradients = sequences.map((sequence) => {
    const { logprobs, advantage } = sequence;
    const old = oldOf(sequence);
    return Float64Array.from(logprobs, (logprob, t) => {
      const surrogate = clippedSurrogate(tally.ratio(logprob, old[t]!), advantage, clip, tally);
      const weight = weightOf(sequence, t);
      loss -= weight * surrogate.value;
      return -weight * surrogate.gradient;
    });
  });
  return { loss, gradients, metrics: tally.result(sequences.length) };
}
