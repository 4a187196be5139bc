/** The source of rollouts that a trainer asks: draws tasks by seed and step, rolls each out several times, moves a curriculum. */

import type { RecordOptions, Rollout } from "@cachalot/chat";
import { Draw } from "@cachalot/tensor";
import type { RolloutPolicy, Sampling } from "../rollout/policy.js";
import { runRollout } from "../rollout/run-rollout.js";
import { mixSeed } from "../rollout/seed.js";
import type { Split, Task } from "../task.js";
import { type Practice, practiceName, readPractices } from "./practice.js";

export interface CollectRequest {
  seed: number;
  step: number;
  /** From 0; later rounds refill groups that taught nothing. */
  round: number;
  groups: number;
  groupSize: number;
  sampling: Sampling;
  record: RecordOptions;
}

/** See training's `RolloutSource`, which this is. */
export interface TaskRolloutSource {
  collect(request: CollectRequest, policy: RolloutPolicy, signal?: AbortSignal): Promise<Rollout[]>;
  evaluate(
    request: { seed: number; perSet: number; sampling: Sampling },
    policy: RolloutPolicy,
    signal?: AbortSignal,
  ): Promise<Rollout[]>;
  state(): unknown;
  restore(state: unknown): void;
}

/**
 * A source of rollouts over the tasks that a recipe names. Which tasks come, and with which seeds they are sampled, depends on the
 * request alone, and on the curriculum's levels.
 * @throws EnvironmentError `invalid_task` naming the field, `unknown_taskset`
 */
export function createRolloutSource(tasks: unknown): TaskRolloutSource {
  const { all, curriculum } = readPractices(tasks);
  const levels = new Map(all.map((practice) => [practiceName(practice), practice.levels[0]!]));

  return {
    async collect({ seed, step, round, groups, groupSize, sampling, record }, policy, signal) {
      const posed = await Promise.all(
        Array.from({ length: groups }, (_, g) =>
          drawTask(all, levels, curriculum !== undefined, [seed, step, round, g]),
        ),
      );
      const rollouts = await Promise.all(
        posed.flatMap(({ practice, task }, g) =>
          Array.from({ length: groupSize }, (_, sample) => {
            const group = `${step}-${round}-${g}`;
            const own = { ...sampling, seed: mixSeed(seed, step, round, g, sample) };
            const { taskset } = practice;
            return runRollout({
              taskset,
              task,
              policy,
              id: `${group}-${sample}`,
              group,
              sample,
              sampling: own,
              record,
              signal,
            });
          }),
        ),
      );
      if (curriculum) for (const practice of all) moveLevel(practice, levels, rollouts, curriculum);
      return rollouts;
    },

    async evaluate({ seed, perSet, sampling }, policy, signal) {
      const posed = all.flatMap((practice) => Array.from({ length: perSet }, (_, i) => ({ practice, i })));
      return Promise.all(
        posed.map(async ({ practice, i }) => {
          const { taskset } = practice;
          const level = curriculum ? levels.get(practiceName(practice))! : practice.levels[i % practice.levels.length]!;
          const task = await drawFrom(practice, "heldout", level, mixSeed("heldout", seed, i));
          const group = `heldout-${practiceName(practice)}-${i}`;
          const own = { ...sampling, seed: mixSeed("answer", seed, i) };
          return runRollout({ taskset, task, policy, id: group, group, sample: 0, sampling: own, signal });
        }),
      );
    },

    state: () => ({ levels: Object.fromEntries(levels) }),

    restore(state) {
      const saved = (state as { levels?: Record<string, number> } | null)?.levels ?? {};
      for (const [name, level] of Object.entries(saved)) if (levels.has(name)) levels.set(name, level);
    },
  };
}

async function drawTask(
  all: readonly Practice[],
  levels: ReadonlyMap<string, number>,
  isCurriculum: boolean,
  seeds: readonly number[],
): Promise<{ practice: Practice; task: Task }> {
  const draw = new Draw(mixSeed("task", ...seeds));
  const practice = draw.weighted(all.map((one) => [one, one.weight] as const));
  const level = isCurriculum ? levels.get(practiceName(practice))! : draw.one(practice.levels);
  return { practice, task: await drawFrom(practice, "train", level, mixSeed("seed", ...seeds)) };
}

async function drawFrom({ taskset, mode }: Practice, split: Split, level: number, seed: number): Promise<Task> {
  return taskset.draw({ split, level, mode, seed });
}

/** One level up where nearly all of its rollouts are solved, one down where nearly none is. */
function moveLevel(
  practice: Practice,
  levels: Map<string, number>,
  rollouts: readonly Rollout[],
  { low, high }: { low: number; high: number },
): void {
  const name = practiceName(practice);
  const own = rollouts.filter(({ task }) => `${task.taskset}/${task.mode}` === name);
  if (own.length === 0) return;
  const pass = own.filter(({ outcome }) => outcome === "solved").length / own.length;
  const at = practice.levels.indexOf(levels.get(name)!);
  const next = practice.levels[at + (pass > high ? 1 : pass < low ? -1 : 0)];
  if (next !== undefined) levels.set(name, next);
}
