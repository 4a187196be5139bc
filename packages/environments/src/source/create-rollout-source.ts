/** The source of rollouts that a trainer asks: draws tasks by seed and step, rolls each out several times, moves a curriculum. */

import type { RecordOptions, Rollout } from "@cachalot/chat";
import { createCurriculum } from "../curriculum/create-curriculum.js";
import type { CurriculumState } from "../curriculum/curriculum.js";
import type { RolloutPolicy, Sampling } from "../rollout/policy.js";
import { runRollout } from "../rollout/run-rollout.js";
import { mixSeed } from "../rollout/seed.js";
import { type Practices, practiceName, readPractices } from "./practice.js";
import { drawGroup, poseGroup, startGroup } from "./rollout-group.js";

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

export interface EvaluateRequest {
  seed: number;
  perSet: number;
  sampling: Sampling;
}

/** See training's `RolloutSource`, which this is. */
export interface TaskRolloutSource {
  collect(request: CollectRequest, policy: RolloutPolicy, signal?: AbortSignal): Promise<Rollout[]>;
  evaluate(request: EvaluateRequest, policy: RolloutPolicy, signal?: AbortSignal): Promise<Rollout[]>;
  state(): unknown;
  restore(state: unknown): void;
}

/**
 * A source of rollouts over the tasks that a recipe names. Which tasks come, and with which seeds they are sampled, depends on the
 * request alone, and on the curriculum.
 * @throws EnvironmentError `invalid_task` naming the field, `unknown_taskset`
 */
export function createRolloutSource(tasks: unknown): TaskRolloutSource {
  const practices = readPractices(tasks);
  const curriculum = createCurriculum(practices);
  return {
    async collect({ step, round, groups, ...request }, policy, signal) {
      const drawn = Array.from({ length: groups }, (_, g) =>
        drawGroup(`${step}-${round}-${g}`, request, [step, round, g], practices.all, curriculum),
      );
      const posed = await Promise.all(drawn.map((group) => poseGroup(group, practices.all)));
      const rollouts = await Promise.all(posed.flatMap((group) => startGroup(group, policy, signal)));
      curriculum.learn(rollouts);
      return rollouts;
    },
    evaluate: (request, policy, signal) => evaluateHeldOut(practices, request, policy, signal),
    state: () => ({ levels: curriculum.state() }),
    restore: (state) => curriculum.restore((state as { levels?: CurriculumState } | null)?.levels),
  };
}

/** Held-out tasks of everything that is practised, one rollout each, evenly of all levels, wherever a curriculum is: steps can be compared. */
export async function evaluateHeldOut(
  { all }: Practices,
  { seed, perSet, sampling }: EvaluateRequest,
  policy: RolloutPolicy,
  signal: AbortSignal | undefined,
): Promise<Rollout[]> {
  const posed = all.flatMap((practice) => Array.from({ length: perSet }, (_, i) => ({ practice, i })));
  return Promise.all(
    posed.map(async ({ practice, i }) => {
      const { taskset, mode } = practice;
      const level = practice.levels[i % practice.levels.length]!;
      const task = await taskset.draw({ split: "heldout", level, mode, seed: mixSeed("heldout", seed, i) });
      const group = `heldout-${practiceName(practice)}-${i}`;
      const own = { ...sampling, seed: mixSeed("answer", seed, i) };
      return runRollout({ taskset, task, policy, id: group, group, sample: 0, sampling: own, signal });
    }),
  );
}
