/** One gradient step of a policy: log-probabilities of a mini-batch, the algorithm's constant gradients, one weighted sum. */

import { Context, weightedSum } from "@cachalot/tensor";
import type { AdamW } from "../optimizer/adamw.js";
import type { TrainableNetwork } from "../trainer/network.js";
import { requireFinite } from "../trainer/step.js";
import type { ConfiguredAlgorithm } from "./algorithm.js";
import { packRollouts } from "./packed-rollouts.js";
import type { PolicyMetrics, SampledSequence } from "./policy-gradient.js";
import { type LogprobOptions, logprobsBySequence, sampledCrossEntropy } from "./sampled-logprobs.js";
import type { TrainingSequence } from "./training-sequence.js";

/** A sequence, and its log-probabilities under other policies. */
export interface MiniBatchItem extends Pick<SampledSequence, "refLogprobs" | "trainerOldLogprobs" | "teacherLogprobs"> {
  sequence: TrainingSequence;
}

export interface PolicyStep {
  loss: number;
  gradientNorm: number;
  metrics: PolicyMetrics;
  /** log pi_theta before the update, by sequence. */
  logprobs: Float64Array[];
  /** dLoss / dlog pi_theta, by sequence. */
  gradients: readonly Float64Array[];
  /** Tokens that the network read, padding left out. */
  tokens: number;
}

/**
 * Steps once. The algorithm sees numbers only; since a cross-entropy is a negative log-probability, the sum of cross-entropies
 * weighted by its (negated) gradients has its gradient.
 * @throws TrainingError `diverged`
 */
export function policyStep(
  { network, optimizer, algorithm }: { network: TrainableNetwork; optimizer: AdamW; algorithm: ConfiguredAlgorithm },
  items: readonly MiniBatchItem[],
  learningRate: number,
  options: LogprobOptions,
): PolicyStep {
  const sequences = items.map(({ sequence }) => sequence);
  const packed = packRollouts(sequences, options);
  const ctx = new Context(network.device, { recording: true });
  try {
    const losses = sampledCrossEntropy(ctx, network, packed, sequences, options);
    const logprobs = logprobsBySequence(losses, packed);
    const { loss, gradients, metrics } = algorithm.policyGradient(
      items.map(({ sequence, ...others }, i) => ({
        ...others,
        logprobs: logprobs[i]!,
        oldLogprobs: sequence.oldLogprobs,
        advantage: sequence.advantage,
      })),
    );
    const weights = Float32Array.from(gradients.flatMap((gradient) => Array.from(gradient, (value) => -value)));
    const total = weightedSum(ctx, losses, ctx.from("f32", [weights.length], weights));
    const gradientNorm = optimizer.update(ctx, ctx.backward(total), learningRate);
    requireFinite({ loss }, gradientNorm);
    const tokens = packed.layout.segments.reduce((sum, { from, to }) => sum + to - from, 0);
    return { loss, gradientNorm, metrics, logprobs, gradients, tokens };
  } finally {
    ctx.dispose();
  }
}
