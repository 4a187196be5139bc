/** A step's updates: the log-probabilities that the algorithm asks for, then one gradient step a mini-batch. */

import type { TrainableNetwork } from "../trainer/network.js";
import { joinedMetrics, miniBatches } from "./mini-batches.js";
import { mismatchOf } from "./mismatch.js";
import type { PolicyMetrics } from "./policy-gradient.js";
import { type MiniBatchItem, type PolicyLearner, policyStep } from "./policy-step.js";
import type { Mismatch } from "./rl-metrics.js";
import type { TrainedSequence } from "./rollout-view.js";
import { type LogprobOptions, sampledLogprobs } from "./sampled-logprobs.js";
import type { TrainingSequence } from "./training-sequence.js";

/** Who learns, how, and from whom. */
export interface Learner extends PolicyLearner {
  reference: TrainableNetwork | undefined;
  teacher: TrainableNetwork | undefined;
}

export interface PolicyUpdate {
  loss: number;
  /** Largest of the mini-batches. */
  gradientNorm: number;
  metrics: PolicyMetrics;
  mismatch: Mismatch;
  /** Tokens that the network read. */
  tokens: number;
  trained: TrainedSequence[];
}

/** Learns from groups of sequences. @throws TrainingError `diverged` */
export function updatePolicy(
  learner: Learner,
  groups: readonly (readonly TrainingSequence[])[],
  { count, seed, learningRate }: { count: number; seed: number; learningRate: number },
  options: LogprobOptions,
): PolicyUpdate {
  const batches = miniBatches(withLogprobs(learner, groups, options), count, seed);
  const steps = batches.map((batch) => policyStep(learner, batch, learningRate, options));
  const sampled = batches.map((batch) => batch.reduce((sum, { sequence }) => sum + sequence.sampledAt.length, 0));
  return {
    loss: steps.reduce((sum, { loss }) => sum + loss, 0) / steps.length,
    gradientNorm: Math.max(...steps.map(({ gradientNorm }) => gradientNorm)),
    metrics: joinedMetrics(steps.map(({ metrics }, i) => ({ metrics, tokens: sampled[i]! }))),
    mismatch: mismatchOf(
      batches[0]!.map(({ sequence }) => sequence),
      steps[0]!.logprobs,
    ),
    trained: batches.flatMap((batch, i) =>
      batch.map(({ sequence }, j) => ({
        sequence,
        logprobs: steps[i]!.logprobs[j]!,
        gradients: steps[i]!.gradients[j]!,
      })),
    ),
    tokens: steps.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

/** Reference and teacher route and select for themselves; what the trainer's own old policy was is replayed. */
function withLogprobs(
  { network, algorithm, reference, teacher }: Learner,
  groups: readonly (readonly TrainingSequence[])[],
  options: LogprobOptions,
): MiniBatchItem[][] {
  const all = groups.flat();
  const frozen = { ...options, keepRouting: false, keepSelection: false };
  const ref = reference && sampledLogprobs(reference, all, frozen);
  const taught = teacher && sampledLogprobs(teacher, all, frozen);
  const own = algorithm.needs.includes("trainerOld") ? sampledLogprobs(network, all, options) : undefined;
  let at = 0;
  return groups.map((group) =>
    group.map((sequence) => {
      const i = at++;
      return { sequence, refLogprobs: ref?.[i], teacherLogprobs: taught?.[i], trainerOldLogprobs: own?.[i] };
    }),
  );
}
