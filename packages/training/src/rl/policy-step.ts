/** One gradient step of a policy: log-probabilities of a mini-batch, the algorithm's constant gradients, one weighted sum. */

import { Context, weightedSum } from "@cachalot/tensor";
import type { AdamW } from "../optimizer/adamw.js";
import { GradientSum } from "../trainer/gradient-sum.js";
import type { TrainableNetwork } from "../trainer/network.js";
import { requireFinite } from "../trainer/step.js";
import type { ConfiguredAlgorithm } from "./algorithm.js";
import { packRollouts } from "./packed-rollouts.js";
import type { PolicyGradient, PolicyMetrics, SampledSequence } from "./policy-gradient.js";
import {
  type LogprobOptions,
  logprobsBySequence,
  passesOf,
  sampledCrossEntropy,
  sampledLogprobs,
} from "./sampled-logprobs.js";
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
  logprobs: readonly Float64Array[];
  /** dLoss / dlog pi_theta, by sequence. */
  gradients: readonly Float64Array[];
  /** Tokens that the network read, padding left out. */
  tokens: number;
}

/** Who learns, and by which algorithm. */
export interface PolicyLearner {
  network: TrainableNetwork;
  optimizer: AdamW;
  algorithm: ConfiguredAlgorithm;
}

/**
 * Steps once. The algorithm sees numbers only; since a cross-entropy is a negative log-probability, the sum of cross-entropies
 * weighted by its (negated) gradients has its gradient. What is too large for one pass is taken in several: the algorithm then sees
 * log-probabilities computed before, and the gradients of the passes are added up.
 * @throws TrainingError `diverged`
 */
export function policyStep(
  { network, optimizer, algorithm }: PolicyLearner,
  items: readonly MiniBatchItem[],
  learningRate: number,
  options: LogprobOptions,
): PolicyStep {
  const sequences = items.map(({ sequence }) => sequence);
  const passes = passesOf(sequences, options.passTokens);
  const sum = new GradientSum(network.device);
  const update = new Context(network.device);
  try {
    let logprobs = passes.length > 1 ? sampledLogprobs(network, sequences, options) : [];
    let gradient = passes.length > 1 ? gradientOf(algorithm, items, logprobs) : undefined;
    let [at, tokens] = [0, 0];
    for (const pass of passes) {
      const from = at;
      at += pass.length;
      tokens += recordedPass(network, pass, options, sum, (own) => {
        if (!gradient) {
          logprobs = own;
          gradient = gradientOf(algorithm, items, own);
        }
        return gradient.gradients.slice(from, from + pass.length);
      });
    }
    const { loss, gradients, metrics } = gradient!;
    const gradientNorm = optimizer.update(update, sum.gradients, learningRate);
    requireFinite({ loss }, gradientNorm);
    return { loss, gradientNorm, metrics, logprobs, gradients, tokens };
  } finally {
    update.dispose();
    sum.dispose();
  }
}

function gradientOf(
  algorithm: ConfiguredAlgorithm,
  items: readonly MiniBatchItem[],
  logprobs: readonly Float64Array[],
): PolicyGradient {
  return algorithm.policyGradient(
    items.map(({ sequence, ...others }, i) => ({
      ...others,
      logprobs: logprobs[i]!,
      oldLogprobs: sequence.oldLogprobs,
      advantage: sequence.advantage,
    })),
  );
}

/** Forward and backward pass of some sequences; adds their gradients to `sum`. Returns the tokens that were read. */
function recordedPass(
  network: TrainableNetwork,
  sequences: readonly TrainingSequence[],
  options: LogprobOptions,
  sum: GradientSum,
  gradientsOf: (logprobs: Float64Array[]) => readonly Float64Array[],
): number {
  const packed = packRollouts(sequences, options);
  const ctx = new Context(network.device, { recording: true });
  try {
    const losses = sampledCrossEntropy(ctx, network, packed, sequences, options);
    const gradients = gradientsOf(logprobsBySequence(losses, packed));
    const weights = Float32Array.from(gradients.flatMap((gradient) => Array.from(gradient, (value) => -value)));
    sum.add(ctx, ctx.backward(weightedSum(ctx, losses, ctx.from("f32", [weights.length], weights))));
    return packed.layout.segments.reduce((total, { from, to }) => total + to - from, 0);
  } finally {
    ctx.dispose();
  }
}
