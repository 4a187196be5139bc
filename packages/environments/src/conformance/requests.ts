import type { Split, Task, TaskRequest } from "../task.js";
import type { Taskset } from "../taskset.js";

export const SPLITS: readonly Split[] = ["train", "heldout"];

/** Every level, mode and side of the split, with this many seeds each. */
export function* requests({ levels, modes }: Taskset, seeds: number): Generator<TaskRequest> {
  for (let level = 0; level < levels; level++)
    for (const mode of modes)
      for (const split of SPLITS) for (let seed = 0; seed < seeds; seed++) yield { split, level, mode, seed };
}

export async function* tasks(taskset: Taskset, seeds: number): AsyncGenerator<Task> {
  for (const request of requests(taskset, seeds)) yield await taskset.draw(request);
}

/** Which task it is, for messages. */
export function nameOf({ taskset, level, mode, split, key }: Task): string {
  return `${taskset} level ${level} ${mode} ${split} ${JSON.stringify(key.slice(0, 80))}`;
}
