/** Rejection sampling: of the rollouts of other runs those that earned enough, a few a task, each taskset and mode by itself. */

import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Rollout, RolloutSequence } from "@cachalot/chat";
import { hashText } from "@cachalot/tensor";
import { TrainingError } from "../errors.js";
import { RolloutStore, rolloutsDir } from "./rollout-store.js";

export interface Selecting {
  /** Run directories. */
  runs: readonly string[];
  /** Least reward. */
  minReward: number;
  /** Different answers of a task at most. */
  perTask: number;
  /** Tasks of a taskset and mode at most; undefined: all. */
  perSet?: number | undefined;
}

/** What was sampled in answer to one task. */
export interface SelectedTask {
  key: string;
  sequences: RolloutSequence[];
}

/** Every store of rollouts in a run directory. @throws TrainingError `invalid_data` where it has none. */
export async function storesOf(runDir: string): Promise<RolloutStore[]> {
  const dir = join(runDir, "rollouts");
  const stages = existsSync(dir) ? await readdir(dir) : [];
  if (stages.length > 0) return stages.sort().map((stage) => new RolloutStore(rolloutsDir(runDir, stage), stage));
  throw new TrainingError("invalid_data", `${runDir} has no rollouts; name the directory of a run with a grpo stage`);
}

/**
 * The tasks with their answers by taskset and mode, as in "sorting-chat", in an order by hash. Of several answers the newest are
 * taken; equal ones count once. Held-out tasks, and rollouts of evaluations, are left out.
 * @throws TrainingError `invalid_data`, RolloutsError
 */
export async function selectRollouts({
  runs,
  minReward,
  perTask,
  perSet,
}: Selecting): Promise<Map<string, SelectedTask[]>> {
  const sets = new Map<string, Map<string, Map<string, RolloutSequence[]>>>();
  for await (const rollout of wantedRollouts(runs, minReward)) add(sets, rollout, perTask);
  return new Map(
    [...sets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([set, tasks]) => [set, ordered(tasks).slice(0, perSet)]),
  );
}

/** Whether two tasks at least are among those that would be selected; reads no more than it takes to see that. */
export async function hasSelection({ runs, minReward }: Selecting): Promise<boolean> {
  const keys = new Set<string>();
  for await (const { task } of wantedRollouts(runs, minReward))
    if (keys.add(`${task.taskset} ${task.mode} ${task.key}`).size > 1) return true;
  return false;
}

/** The newest first. */
async function* wantedRollouts(runs: readonly string[], minReward: number): AsyncGenerator<Rollout> {
  for (const run of runs)
    for (const store of await storesOf(run))
      for (const name of (await store.names()).filter((name) => !name.startsWith("heldout")).reverse())
        for (const rollout of (await store.read(name))!.rollouts) if (isWanted(rollout, minReward)) yield rollout;
}

function isWanted({ reward, task, sequences }: Rollout, minReward: number): boolean {
  return reward !== null && reward >= minReward && task.split === "train" && sequences.length > 0;
}

function add(sets: Map<string, Map<string, Map<string, RolloutSequence[]>>>, rollout: Rollout, perTask: number): void {
  const { task, sequences } = rollout;
  const tasks = inMap(sets, `${task.taskset}-${task.mode}`, () => new Map<string, Map<string, RolloutSequence[]>>());
  const answers = inMap(tasks, task.key, () => new Map<string, RolloutSequence[]>());
  if (answers.size < perTask) answers.set(sequences.map(({ ids }) => ids.join(" ")).join(), sequences);
}

function ordered(tasks: Map<string, Map<string, RolloutSequence[]>>): SelectedTask[] {
  return [...tasks]
    .map(([key, answers]) => ({ key, sequences: [...answers.values()].flat() }))
    .sort((a, b) => hashText(a.key) - hashText(b.key) || (a.key < b.key ? -1 : 1));
}

function inMap<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
