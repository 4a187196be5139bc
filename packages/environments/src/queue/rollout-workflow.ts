/** Rollouts as a durable workflow: a group of them, made by whichever worker takes it, again where that one dies. */

import type { Workflow } from "@cachalot/agent";
import type { RolloutPolicy } from "../rollout/policy.js";
import { readPractices } from "../source/practice.js";
import { poseGroup, type RolloutGroup, startGroup } from "../source/rollout-group.js";
import { FinishedGroups } from "./queue-directory.js";

/** What a worker runs the policy with. */
export interface PolicyPlan {
  /** Its newest weights are taken. */
  stage: string;
  weights: "f32" | "bf16" | "q8";
  maxSequences: number;
  contextLength: number;
}

export interface RolloutJob {
  /** As the recipe has them. */
  tasks: unknown;
  group: RolloutGroup;
  policy: PolicyPlan;
}

export interface FinishedJob {
  /** See `FinishedGroups`. */
  file: string;
  /** Of the weights that drew all of it. */
  version: number;
  seconds: number;
}

/** Runs a policy with the newest weights; they stay the same until `work` is done. */
export type WithPolicy = <T>(
  plan: PolicyPlan,
  work: (policy: RolloutPolicy, version: number) => Promise<T>,
) => Promise<T>;

/** The workflow of a process that knows of it, but makes no rollouts: the trainer. */
export const rolloutWorkflow: Pick<Workflow<RolloutJob, FinishedJob>, "name"> = { name: "rollout-group" };

/** @param runDir the run, as this machine sees it */
export function rolloutWorkflowOf(runDir: string, withPolicy: WithPolicy): Workflow<RolloutJob, FinishedJob> {
  return {
    ...rolloutWorkflow,
    async run(job, { journal }) {
      const { value } = await journal.step("roll out", () => rollOut(job, runDir, withPolicy));
      return value;
    },
  };
}

async function rollOut(
  { tasks, group, policy: plan }: RolloutJob,
  runDir: string,
  withPolicy: WithPolicy,
): Promise<FinishedJob> {
  const posed = await poseGroup(group, readPractices(tasks).all);
  return withPolicy(plan, async (policy, version) => {
    const began = performance.now();
    const rollouts = await Promise.all(startGroup(posed, policy));
    const file = await new FinishedGroups(runDir, plan.stage).write(group.id, rollouts);
    return { file, version, seconds: (performance.now() - began) / 1000 };
  });
}
