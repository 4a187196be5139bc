/** An agent's attempt: its trajectories in environments of their own; of several the one with the fewest steps is graded, and all are paid. */

import { fewestSteps } from "@cachalot/agent";
import type { AssistantMessage, ChatMessage, ChatModel } from "@cachalot/chat";
import type { Environment } from "@cachalot/environments";
import { type Grade, notMeasured, wrong } from "../benchmark.js";
import type { Sample } from "../run/sample.js";
import type { AgentOptions } from "./agent-options.js";
import { runTrajectory, type Trajectory, type TrajectoryRequest } from "./trajectory.js";

export interface WorkRequest extends Omit<TrajectoryRequest, "environment" | "model"> {
  /** Of each trajectory. */
  models: readonly ChatModel[];
  agent: AgentOptions;
  open(): Promise<Environment>;
  grade(message: AssistantMessage, messages: readonly ChatMessage[], environment: Environment): Promise<Grade>;
}

export type Worked = Pick<Sample, "messages" | "usage" | "toolCalls" | "steps" | "edits" | "finishReason"> & {
  grade: Grade;
};

/** @throws what opening an environment, or the model, throws; the signal's reason where that aborts */
export async function work({ models, open, grade, seed, ...request }: WorkRequest): Promise<Worked> {
  const environments: Environment[] = [];
  try {
    const running = models.map(async (model, i) => {
      const environment = await open();
      environments.push(environment);
      return runTrajectory({ ...request, environment, model, seed: seed + i });
    });
    const ended = await Promise.allSettled(running);
    const runs = ended.map((end) => {
      if (end.status === "rejected") throw end.reason;
      return end.value;
    });
    const taken = runs[fewestSteps(runs.map((run) => ({ ...run, stopReason: stopReasonOf(run) })))]!;
    return {
      ...spent(runs),
      messages: taken.messages,
      ...(taken.finishReason && { finishReason: taken.finishReason }),
      grade: await gradeOf(taken, request.timeoutMs, grade),
    };
  } finally {
    await Promise.allSettled(environments.map(async (environment) => environment.close()));
  }
}

const stopReasonOf = ({ stopReason }: Trajectory) =>
  stopReason === "calls" || stopReason === "fault" ? ("aborted" as const) : stopReason;

function spent(runs: readonly Trajectory[]): Pick<Worked, "usage" | "toolCalls"> & { steps: number; edits: number } {
  const sum = {
    usage: { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0 },
    ...{ steps: 0, toolCalls: 0, edits: 0 },
  };
  for (const { usage, steps, toolCalls, edits } of runs) {
    for (const name of Object.keys(sum.usage) as (keyof Sample["usage"])[]) sum.usage[name] += usage[name];
    sum.steps += steps;
    sum.toolCalls += toolCalls;
    sum.edits += edits;
  }
  return sum;
}

/** An agent knows its budget: where that is used up, what it left is graded. Time is the machine's. */
async function gradeOf(
  { stopReason, explanation, finishReason, message, messages, environment }: Trajectory,
  timeoutMs: number,
  grade: WorkRequest["grade"],
): Promise<Grade> {
  if (stopReason === "fault") return notMeasured("infrastructure", explanation ?? "the environment broke");
  if (stopReason === "calls") return wrong("it made more tool calls than it may");
  if (stopReason === "length") return notMeasured("truncated", "the token limit was reached");
  if (stopReason === "time") return notMeasured("timed out", `no answer within ${timeoutMs / 1000} s`);
  if (finishReason === "content_filter") return notMeasured("infrastructure", "the host withheld the answer");
  if (stopReason === "aborted" || finishReason === "aborted")
    return notMeasured("infrastructure", "the model ended early");
  const left = await grade(message, messages, environment);
  if (stopReason === "answer") return left;
  return { ...left, because: `${left.because} (${explanation ?? `its ${stopReason} were used up`})` };
}
