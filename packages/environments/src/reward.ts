import type { AssistantMessage, ChatMessage } from "@cachalot/chat";
import type { Environment } from "./environment.js";
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
  /** Share in the reward; a weight of 0 is only reported. */
  readonly weight: number;
  /**
   * Usually in [0, 1]. null: could not be judged; the rollout then leaves its group and is counted. What it throws is a
   * `grader-error`: never 0.
   */
  score(rollout: FinishedRollout<D>): number | null | Promise<number | null>;
}
