/** Numbers of a step's rollouts: rewards by taskset, mode and level, lengths, truncation, entropy. */

import { type Rollout, sampledTokens } from "@cachalot/chat";
import type { LengthSummary, RewardSummary, RlEvaluation, RlMetrics } from "./rl-metrics.js";
import { groupsOf, isJudged, isMixed, type Judged, judgedOf } from "./rollout-groups.js";

type RolloutMetrics = Pick<
  RlMetrics,
  | keyof RewardSummary
  | "groups"
  | "passG"
  | "mixedGroups"
  | "solvedGroups"
  | "failedGroups"
  | "unjudged"
  | "byTaskset"
  | "byLevel"
  | "byDomain"
  | "outcomes"
  | "rechecked"
  | "length"
  | "truncated"
  | "entropy"
>;

export function summarizeRollouts(rollouts: readonly Rollout[]): RolloutMetrics {
  const groups = groupsOf(rollouts)
    .map(judgedOf)
    .filter((group) => group.length > 0);
  const judged = rollouts.filter(isJudged);
  return {
    ...rewardSummary(judged),
    groups: groups.length,
    passG: share(groups, (group) => group.some(isSolved)),
    mixedGroups: share(groups, isMixed),
    solvedGroups: share(groups, (group) => group.every(isSolved)),
    failedGroups: share(groups, (group) => !group.some(isSolved)),
    unjudged: rollouts.length - judged.length,
    byTaskset: summaryBy(judged, ({ task }) => `${task.taskset}/${task.mode}`),
    byDomain: summaryBy(judged, ({ task }) => `${task.domain}/${task.mode}`),
    byLevel: summaryBy(judged, ({ task }) => `${task.taskset}/${task.mode}/${task.level}`),
    outcomes: countBy(rollouts, ({ outcome }) => outcome),
    ...rechecked(rollouts),
    length: lengths(rollouts),
    truncated: share(rollouts, ({ outcome }) => outcome === "overlong"),
    entropy: entropy(rollouts),
  };
}

export function summarizeHeldOut(rollouts: readonly Rollout[]): RlEvaluation {
  const judged = rollouts.filter(isJudged);
  return {
    ...rewardSummary(judged),
    byTaskset: summaryBy(judged, ({ task }) => `${task.taskset}/${task.mode}`),
    byDomain: summaryBy(judged, ({ task }) => `${task.domain}/${task.mode}`),
    length: lengths(rollouts),
    truncated: share(rollouts, ({ outcome }) => outcome === "overlong"),
  };
}

/** The part of a rubric that judges again in the sandbox: 1 where it agrees. */
const RECHECK = "sandbox";

function rechecked(rollouts: readonly Rollout[]): Pick<RlMetrics, "rechecked"> {
  const again = rollouts.flatMap(({ rewards }) => rewards[RECHECK] ?? []);
  if (again.length === 0) return {};
  return { rechecked: { rollouts: again.length, disagreeing: again.filter((agrees) => agrees < 1).length } };
}

const isSolved = ({ outcome }: Rollout) => outcome === "solved";

function rewardSummary(rollouts: readonly Judged[]): RewardSummary {
  const total = rollouts.reduce((sum, { reward }) => sum + reward, 0);
  return {
    rollouts: rollouts.length,
    reward: total / Math.max(rollouts.length, 1),
    pass1: share(rollouts, isSolved),
  };
}

function summaryBy(rollouts: readonly Judged[], keyOf: (rollout: Rollout) => string): Record<string, RewardSummary> {
  const keys = [...new Set(rollouts.map(keyOf))].sort();
  return Object.fromEntries(keys.map((key) => [key, rewardSummary(rollouts.filter((one) => keyOf(one) === key))]));
}

function countBy(rollouts: readonly Rollout[], keyOf: (rollout: Rollout) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const rollout of rollouts) counts[keyOf(rollout)] = (counts[keyOf(rollout)] ?? 0) + 1;
  return counts;
}

function share<T>(items: readonly T[], is: (item: T) => boolean): number {
  return items.filter(is).length / Math.max(items.length, 1);
}

function lengths(rollouts: readonly Rollout[]): LengthSummary {
  const all = rollouts.map(sampledTokens);
  return {
    mean: all.reduce((sum, length) => sum + length, 0) / Math.max(all.length, 1),
    max: all.reduce((most, length) => Math.max(most, length), 0),
  };
}

function entropy(rollouts: readonly Rollout[]): number {
  let [sum, count] = [0, 0];
  for (const { sequences } of rollouts)
    for (const { sampled, rawLogprobs } of sequences)
      for (const [t, mark] of sampled.entries())
        if (mark === 1) {
          sum -= rawLogprobs[t]!;
          count++;
        }
  return sum / Math.max(count, 1);
}
