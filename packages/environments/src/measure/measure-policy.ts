/** pass@1 of a policy on held-out tasks: one answer to each, by taskset, mode and level. */

import type { Rollout, ThinkingMode } from "@cachalot/chat";
import type { RolloutPolicy, Sampling } from "../rollout/policy.js";
import { runRollout } from "../rollout/run-rollout.js";
import { mixSeed } from "../rollout/seed.js";
import type { Domain, Task } from "../task.js";
import type { Taskset } from "../taskset.js";
import { wilsonInterval } from "./wilson-interval.js";

export interface MeasureOptions {
  policy: RolloutPolicy;
  tasksets: readonly Taskset[];
  /** Those a taskset has are measured. */
  modes: readonly ThinkingMode[];
  levels: readonly number[];
  /** Different held-out tasks of each taskset, mode and level; fewer where there are no more. */
  count: number;
  sampling: Sampling;
  seed: number;
  onProgress?: (done: number, all: number) => void;
  signal?: AbortSignal;
}

/** One taskset in one mode at one level. */
export interface PassRate {
  taskset: string;
  domain: Domain;
  mode: ThinkingMode;
  level: number;
  /** Tasks that were judged. */
  tasks: number;
  solved: number;
  /** Share of the judged ones that were solved. */
  passAt1: number;
  /** 95 %, Wilson. */
  interval: [low: number, high: number];
  /** Could not be judged: neither solved nor failed. */
  notMeasured: number;
  overlong: number;
  unparsed: number;
  /** Mean of sampled tokens. */
  tokens: number;
}

/** Tries at a task that was not drawn yet, for each one wanted. */
const TRIES = 20;

/**
 * Measures one row after the other; the answers of a row are sampled together.
 * @throws the signal's reason where that aborts; what the policy's model throws
 */
export async function* measurePolicy(options: MeasureOptions): AsyncGenerator<PassRate, void, undefined> {
  const { tasksets, modes, levels, count, onProgress } = options;
  const rows = tasksets.flatMap((taskset) =>
    levels
      .filter((level) => level < taskset.levels)
      .flatMap((level) =>
        modes.filter((mode) => taskset.modes.includes(mode)).map((mode) => ({ taskset, level, mode })),
      ),
  );
  let done = 0;
  for (const { taskset, level, mode } of rows) {
    const tasks = await differentTasks(taskset, level, mode, options);
    const rollouts = await Promise.all(
      tasks.map(async (task, i) => {
        const rollout = await answerOf(taskset, task, i, options);
        onProgress?.(++done, rows.length * count);
        return rollout;
      }),
    );
    done += count - tasks.length;
    yield { ...{ taskset: taskset.name, domain: taskset.domain, mode, level }, ...passRate(rollouts) };
  }
}

/** Held-out tasks, none twice. Both modes are asked the same. */
async function differentTasks(
  taskset: Taskset,
  level: number,
  mode: ThinkingMode,
  { count, seed }: MeasureOptions,
): Promise<Task[]> {
  const tasks = new Map<string, Task>();
  for (let i = 0; i < count * TRIES && tasks.size < count; i++) {
    const task = await taskset.draw({ split: "heldout", level, mode, seed: mixSeed("measure", seed, i) });
    if (!tasks.has(task.key)) tasks.set(task.key, task);
  }
  return [...tasks.values()];
}

function answerOf(taskset: Taskset, task: Task, number: number, options: MeasureOptions): Promise<Rollout> {
  const { policy, seed, signal } = options;
  const sampling = { ...options.sampling, seed: mixSeed("measured", seed, number) };
  return runRollout({ taskset, task, policy, id: task.key, group: task.key, sample: 0, sampling, signal });
}

function passRate(rollouts: readonly Rollout[]): Omit<PassRate, "taskset" | "domain" | "mode" | "level"> {
  const judged = rollouts.filter(({ reward }) => reward !== null);
  const of = (outcome: Rollout["outcome"]) => rollouts.filter((rollout) => rollout.outcome === outcome).length;
  const solved = of("solved");
  const sampled = rollouts.flatMap(({ sequences }) =>
    sequences.map((one) => one.sampled.reduce((sum, x) => sum + x, 0)),
  );
  return {
    tasks: judged.length,
    solved,
    passAt1: judged.length === 0 ? 0 : solved / judged.length,
    interval: wilsonInterval(solved, judged.length),
    notMeasured: rollouts.length - judged.length,
    overlong: of("overlong"),
    unparsed: of("unparsed"),
    tokens: sampled.reduce((sum, tokens) => sum + tokens, 0) / Math.max(rollouts.length, 1),
  };
}
