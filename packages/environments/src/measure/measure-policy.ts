/** pass@1 of a policy on held-out tasks: one answer to each, by taskset, mode and level. */

import { type Rollout, sampledTokens, type ThinkingMode } from "@cachalot/chat";
import { differentTasks, taskRows, type WantedTasks } from "../different-tasks.js";
import type { RolloutPolicy, Sampling } from "../rollout/policy.js";
import { runRollout } from "../rollout/run-rollout.js";
import { mixSeed } from "../rollout/seed.js";
import type { Domain, Task } from "../task.js";
import type { Taskset } from "../taskset.js";
import { wilsonInterval } from "./wilson-interval.js";

export interface MeasureOptions extends WantedTasks {
  policy: RolloutPolicy;
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
  /** The same of the solved ones; null where none was. */
  solvedTokens: number | null;
}

/**
 * Measures one row after the other; the answers of a row are sampled together.
 * @throws the signal's reason where that aborts; what the policy's model throws
 */
export async function* measurePolicy(options: MeasureOptions): AsyncGenerator<PassRate, void, undefined> {
  const { count, seed, onProgress } = options;
  const rows = taskRows(options);
  let done = 0;
  for (const { taskset, level, mode } of rows) {
    const tasks = await differentTasks({ taskset, level, mode }, { split: "heldout", count, seed });
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

function answerOf(taskset: Taskset, task: Task, number: number, options: MeasureOptions): Promise<Rollout> {
  const { policy, seed, signal } = options;
  const sampling = { ...options.sampling, seed: mixSeed("measured", seed, number) };
  return runRollout({ taskset, task, policy, id: task.key, group: task.key, sample: 0, sampling, signal });
}

function passRate(rollouts: readonly Rollout[]): Omit<PassRate, "taskset" | "domain" | "mode" | "level"> {
  const judged = rollouts.filter(({ reward }) => reward !== null);
  const of = (outcome: Rollout["outcome"]) => rollouts.filter((rollout) => rollout.outcome === outcome).length;
  const solved = of("solved");
  return {
    tasks: judged.length,
    solved,
    passAt1: judged.length === 0 ? 0 : solved / judged.length,
    interval: wilsonInterval(solved, judged.length),
    notMeasured: rollouts.length - judged.length,
    overlong: of("overlong"),
    unparsed: of("unparsed"),
    tokens: meanTokens(rollouts) ?? 0,
    solvedTokens: meanTokens(rollouts.filter(({ outcome }) => outcome === "solved")),
  };
}

function meanTokens(rollouts: readonly Rollout[]): number | null {
  if (rollouts.length === 0) return null;
  return rollouts.reduce((sum, rollout) => sum + sampledTokens(rollout), 0) / rollouts.length;
}
