/** Tasks of which none comes twice: rows of a taskset at a level in a mode, each with so many. */

import type { ThinkingMode } from "@cachalot/chat";
import { mixSeed } from "./rollout/seed.js";
import type { Split, Task } from "./task.js";
import type { Taskset } from "./taskset.js";

/** One taskset in one mode at one level. */
export interface TaskRow {
  taskset: Taskset;
  level: number;
  mode: ThinkingMode;
}

export interface WantedTasks {
  tasksets: readonly Taskset[];
  /** Those a taskset has are taken. */
  modes: readonly ThinkingMode[];
  levels: readonly number[];
}

export function taskRows({ tasksets, modes, levels }: WantedTasks): TaskRow[] {
  return tasksets.flatMap((taskset) =>
    levels
      .filter((level) => level < taskset.levels)
      .flatMap((level) =>
        modes.filter((mode) => taskset.modes.includes(mode)).map((mode) => ({ taskset, level, mode })),
      ),
  );
}

/** Tries at a task that was not drawn yet, for each one wanted. */
const TRIES = 20;

/** Fewer where there are no more. Both modes get the same. */
export async function differentTasks(
  { taskset, level, mode }: TaskRow,
  { split, count, seed }: { split: Split; count: number; seed: number },
): Promise<Task[]> {
  const tasks = new Map<string, Task>();
  for (let i = 0; i < count * TRIES && tasks.size < count; i++) {
    const task = await taskset.draw({ split, level, mode, seed: mixSeed("measure", seed, i) });
    if (!tasks.has(task.key)) tasks.set(task.key, task);
  }
  return [...tasks.values()];
}
