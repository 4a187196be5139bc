/** A group of rollouts as it is asked for: one task, several answers. Plain data, so that any process can make it. */

import type { RecordOptions, Rollout } from "@cachalot/chat";
import { Draw } from "@cachalot/tensor";
import type { Curriculum } from "../curriculum/curriculum.js";
import type { RolloutPolicy, Sampling } from "../rollout/policy.js";
import { runRollout } from "../rollout/run-rollout.js";
import { mixSeed } from "../rollout/seed.js";
import type { Task } from "../task.js";
import type { Taskset } from "../taskset.js";
import { type Practice, practiceName } from "./practice.js";

export interface RolloutGroup {
  /** Unique in its run. */
  id: string;
  /** What is practised, as in "sorting/chat". */
  practice: string;
  level: number;
  taskSeed: number;
  /** Of each answer. */
  seeds: number[];
  sampling: Sampling;
  record: RecordOptions;
}

/** What all groups of a step have in common. */
export interface GroupRequest {
  seed: number;
  groupSize: number;
  sampling: Sampling;
  record: RecordOptions;
}

/**
 * The group `place` (numbers that name it in its run): which task it is and the seeds of its answers depend on these, the seed and
 * the curriculum alone.
 */
export function drawGroup(
  id: string,
  { seed, groupSize, sampling, record }: GroupRequest,
  place: readonly number[],
  all: readonly Practice[],
  curriculum: Curriculum,
): RolloutGroup {
  const draw = new Draw(mixSeed("task", seed, ...place));
  const practice = draw.weighted(all.map((one) => [one, one.weight] as const));
  return {
    id,
    practice: practiceName(practice),
    level: curriculum.level(practice, draw),
    taskSeed: mixSeed("seed", seed, ...place),
    seeds: Array.from({ length: groupSize }, (_, sample) => mixSeed(seed, ...place, sample)),
    sampling,
    record,
  };
}

/** A group with its task. */
export interface PosedGroup {
  group: RolloutGroup;
  taskset: Taskset;
  task: Task;
}

export async function poseGroup(group: RolloutGroup, all: readonly Practice[]): Promise<PosedGroup> {
  const { taskset, mode } = all.find((one) => practiceName(one) === group.practice)!;
  const task = await taskset.draw({ split: "train", level: group.level, mode, seed: group.taskSeed });
  return { group, taskset, task };
}

/** Begins the rollouts of a group. */
export function startGroup(
  { group, taskset, task }: PosedGroup,
  policy: RolloutPolicy,
  signal?: AbortSignal,
): Promise<Rollout>[] {
  const { id, seeds, record } = group;
  return seeds.map((seed, sample) => {
    const sampling = { ...group.sampling, seed };
    return runRollout({ taskset, task, policy, id: `${id}-${sample}`, group: id, sample, sampling, record, signal });
  });
}
