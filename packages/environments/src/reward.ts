import type { AssistantMessage, ChatMessage } from "@cachalot/chat";
import type { Environment } from "./environment.js";
import { EnvironmentError } from "./errors.js";
import type { Task } from "./task.js";

/** A rollout at its end, as a reward sees it. */
export interface FinishedRollout<D> {
  task: Task<D>;
  /** The whole conversation, the task's messages first. */
  messages: readonly ChatMessage[];
  /** The last answer; undefined where there is none, or none that could be parsed. */
  answer: AssistantMessage | undefined;
  environment: Environment;
  /** Tokens the policy sampled, and those of them that were reasoning. */
  tokens: { sampled: number; reasoning: number };
  toolCalls: number;
  /** Cut off by a budget. */
  overlong: boolean;
}

/** One part of how a rollout is judged: a file each in `rewards/`. */
export interface Reward<D = unknown> {
  readonly name: string;
  /** Share in the reward: below 0 a penalty; of 0 it is only reported. */
  readonly weight: number;
  /**
   * Usually in [0, 1]. null: could not be judged; the rollout then leaves its group and is counted. What it throws is a
   * `grader-error`: never 0.
   * @param scores of the parts before it in the rubric, by name
   */
  score(rollout: FinishedRollout<D>, scores: Scores): number | null | Promise<number | null>;
}

export type Scores = Readonly<Record<string, number | null>>;

/** The last answer without the space around it; empty where there is none. */
export function answerText({ answer }: Pick<FinishedRollout<unknown>, "answer">): string {
  return answer?.content?.trim() ?? "";
}

/** @throws EnvironmentError `invalid_task` for a rubric that is empty, names a part twice, or weighs one by no number */
export function checkRubric(taskset: string, rubric: readonly Reward<never>[]): void {
  const names = rubric.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new EnvironmentError("invalid_task", `taskset ${taskset}: two rewards are named ${twice}; rename one`);
  const unweighable = rubric.find(({ weight }) => !Number.isFinite(weight));
  if (unweighable)
    throw new EnvironmentError("invalid_task", `taskset ${taskset}: give reward ${unweighable.name} a finite weight`);
  if (!rubric.some(({ weight }) => weight > 0))
    throw new EnvironmentError(
      "invalid_task",
      `taskset ${taskset}: nothing can be earned; give a reward a weight above 0`,
    );
}
