/** Groups of rollouts that tried the same task: who is compared with whom, and which groups can teach. */

import type { Rollout } from "@cachalot/chat";
import { isZeroVariance } from "./advantages.js";
import type { ConfiguredAlgorithm } from "./algorithm.js";
import { type TrainingSequence, trainingSequences } from "./training-sequence.js";

/** A rollout with its reward. */
export type Judged = Rollout & { reward: number };

export function isJudged(rollout: Rollout): rollout is Judged {
  return rollout.reward !== null && Number.isFinite(rollout.reward);
}

/** Rollouts by group, in the order in which groups appear. */
export function groupsOf(rollouts: readonly Rollout[]): Rollout[][] {
  const groups = new Map<string, Rollout[]>();
  for (const rollout of rollouts) {
    const group = groups.get(rollout.group);
    if (group) group.push(rollout);
    else groups.set(rollout.group, [rollout]);
  }
  return [...groups.values()];
}

/** The judged rollouts of a group; what could not be judged leaves it, and is never a 0. */
export function judgedOf(group: readonly Rollout[]): Judged[] {
  return group.filter(isJudged);
}

/** Whether a group's rewards differ, so that it teaches. */
export function isMixed(group: readonly Rollout[]): boolean {
  return !isZeroVariance(judgedOf(group).map(({ reward }) => reward));
}

/**
 * The sequences to learn from, group by group: of mixed groups, or of all where the algorithm needs no rewards.
 * @param dropOverlong leave out rollouts that a budget cut off; their rewards still count for their groups
 */
export function trainableGroups(
  rollouts: readonly Rollout[],
  algorithm: ConfiguredAlgorithm,
  dropOverlong: boolean,
): TrainingSequence[][] {
  const groups = groupsOf(rollouts)
    .map(judgedOf)
    .filter((group) => group.length > 0 && (!algorithm.learnsFromRewards || isMixed(group)));
  return groups
    .map((group) => {
      const advantages = algorithm.advantages(group.map(({ reward }) => reward));
      return group.flatMap((rollout, i) =>
        dropOverlong && rollout.outcome === "overlong" ? [] : trainingSequences(rollout, advantages[i]!),
      );
    })
    .filter((sequences) => sequences.length > 0);
}
