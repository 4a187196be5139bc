/** What a stage that learns from rewards measures: of a step's rollouts, and of held-out tasks. */

import type { PolicyMetrics } from "./policy-gradient.js";

/** Rewards of some of the rollouts. */
export interface RewardSummary {
  rollouts: number;
  /** Mean reward of the judged ones. */
  reward: number;
  /** Share that was solved. */
  pass1: number;
}

export interface LengthSummary {
  mean: number;
  max: number;
}

/** Log-probabilities of the engine that sampled against the trainer's, over a step's first mini-batch. */
export interface Mismatch {
  /** Mean and largest |log pi_engine - log pi_trainer|, nats. */
  mean: number;
  max: number;
  /** Mean of r - log r - 1 with r = pi_trainer / pi_engine. */
  k3: number;
}

export interface RlMetrics extends RewardSummary, PolicyMetrics {
  groups: number;
  /** Share of groups in which at least one answer was right. */
  passG: number;
  /** Share of groups whose rewards differ: those that teach. */
  mixedGroups: number;
  solvedGroups: number;
  failedGroups: number;
  /** Rollouts that could not be judged. */
  unjudged: number;
  /** Extra rounds of sampling. */
  refills: number;
  /** By taskset and mode, as in "sort/chat"; and by level, as in "sort/chat/2". */
  byTaskset: Record<string, RewardSummary>;
  byLevel: Record<string, RewardSummary>;
  /** By domain and mode, as in "logic/chat"; runs of before have none. */
  byDomain?: Record<string, RewardSummary>;
  outcomes: Record<string, number>;
  /** Rollouts judged again in the sandbox, and those where it said otherwise; undefined where none was. */
  rechecked?: { rollouts: number; disagreeing: number };
  /** Sampled tokens a rollout. */
  length: LengthSummary;
  /** Share cut off by a budget. */
  truncated: number;
  /** Estimate of the policy's entropy, nats a token: mean of - log pi over what was sampled, temperature 1. */
  entropy: number;
  mismatch: Mismatch;
  /** Steps between sampling and training. Of rollouts made elsewhere: updates, mean over rollouts. */
  age: number;
  /** Groups of rollout workers that were too old, and dropped. */
  staleGroups?: number;
  /** Sequences and sampled tokens trained on. */
  sequences: number;
  sampledTokens: number;
  seconds?: { rolling: number; training: number };
  rolloutTokensPerSecond?: number;
}

export interface RlEvaluation extends RewardSummary {
  byTaskset: Record<string, RewardSummary>;
  byDomain?: Record<string, RewardSummary>;
  length: LengthSummary;
  truncated: number;
}
