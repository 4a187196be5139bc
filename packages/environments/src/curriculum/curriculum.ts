/** A curriculum: which level the next task of a practice has, given how those before it went. */

import type { Rollout } from "@cachalot/chat";
import type { Draw } from "@cachalot/tensor";
import type { Practice } from "../source/practice.js";

export interface Curriculum {
  /** Of a practice's next task: one of its levels. */
  level(practice: Practice, draw: Draw): number;
  /** Takes in how a round of rollouts ended. */
  learn(rollouts: readonly Rollout[]): void;
  /** Plain data, saved with each step's rollouts. */
  state(): CurriculumState;
  /** What is said of practices and levels that are there no more is left out. */
  restore(saved: CurriculumState | undefined): void;
}

/** By practice, as in "sorting/chat", or by practice and level, as in "sorting/chat/2". */
export type CurriculumState = Readonly<Record<string, number | Counts>>;

export interface Counts {
  readonly solved: number;
  readonly rollouts: number;
}

/** How the rollouts of each practice, or of each of its levels, ended. */
export function countSolved(
  rollouts: readonly Rollout[],
  nameOf: (task: Rollout["task"]) => string,
): Map<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const { task, outcome } of rollouts) {
    const name = nameOf(task);
    const { solved, rollouts: so } = counts.get(name) ?? { solved: 0, rollouts: 0 };
    counts.set(name, { solved: solved + Number(outcome === "solved"), rollouts: so + 1 });
  }
  return counts;
}
