/** Rollouts of a fixed list of tasks, several answers to each: what a policy, here or elsewhere, is asked once and for all. */

import type { RecordOptions, Rollout } from "@cachalot/chat";
import { differentTasks, type TaskRow, taskRows, type WantedTasks } from "../different-tasks.js";
import type { RolloutPolicy, Sampling } from "../rollout/policy.js";
import { runRollout } from "../rollout/run-rollout.js";
import { mixSeed } from "../rollout/seed.js";
import type { Split, Task } from "../task.js";

export interface CollectTasks extends WantedTasks {
  split: Split;
  /** Different tasks of each taskset, mode and level; fewer where there are no more. */
  count: number;
  seed: number;
}

/** A task with its number in the list, which the same request gives it again. */
export interface CollectedTask {
  number: number;
  row: TaskRow;
  task: Task;
}

export async function listTasks(wanted: CollectTasks): Promise<CollectedTask[]> {
  const listed: CollectedTask[] = [];
  for (const row of taskRows(wanted))
    for (const task of await differentTasks(row, wanted)) listed.push({ number: listed.length, row, task });
  return listed;
}

export interface CollectGroups {
  policy: RolloutPolicy;
  /** Answers to each task. */
  groupSize: number;
  sampling: Sampling;
  record: RecordOptions;
  seed: number;
  /** Tasks at work at the same time. */
  concurrency: number;
  signal?: AbortSignal | undefined;
}

/**
 * Hands over each task's rollouts when all of them are made, in the order in which that happens. Where the policy's model fails, no
 * further task is begun and those under way are given up.
 * @throws what the policy's model throws, what `done` throws, the signal's reason
 */
export async function collectGroups(
  tasks: readonly CollectedTask[],
  options: CollectGroups,
  done: (task: CollectedTask, rollouts: Rollout[]) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const waiting = tasks.values();
  const work = async (): Promise<void> => {
    for (const task of waiting) {
      signal.throwIfAborted();
      await done(task, await groupOf(task, { ...options, signal }));
    }
  };
  const workers = Array.from({ length: options.concurrency }, () =>
    work().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const [broken] = (await Promise.allSettled(workers)).filter(({ status }) => status === "rejected");
  if (broken) throw signal.aborted ? signal.reason : (broken as PromiseRejectedResult).reason;
}

function groupOf(
  { number, row, task }: CollectedTask,
  { policy, groupSize, sampling, record, seed, signal }: CollectGroups,
): Promise<Rollout[]> {
  const group = String(number).padStart(5, "0");
  return Promise.all(
    Array.from({ length: groupSize }, (_, sample) =>
      runRollout({
        ...{ taskset: row.taskset, task, policy, id: `${group}-${sample}`, group, sample, record, signal },
        sampling: { ...sampling, seed: mixSeed("collect", seed, number, sample) },
      }),
    ),
  );
}
