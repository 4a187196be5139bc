import type { AssistantMessage, ThinkingMode } from "@cachalot/chat";
import type { Environment } from "./environment.js";
import type { FinishedRollout, Reward } from "./reward.js";
import type { Example } from "./rewards/unit-tests.js";
import type { Domain, Task, TaskRequest } from "./task.js";

/** How long a demonstration thinks: students of three lengths have something to choose from. */
export const STYLES = ["terse", "stepwise", "checked"] as const;
export type Style = (typeof STYLES)[number];

/** Python that is right where the expression has the output of every example; x is its input. */
export interface JudgedProgram {
  expression: string;
  /** What the expression calls. */
  program?: string;
  examples: readonly Example[];
}

/** A family of tasks with their judge: one file and one line in `tasksets/index.ts`. */
export interface Taskset<D = unknown> {
  readonly name: string;
  readonly domain: Domain;
  /** One line for `cachalot tasks list`. */
  readonly description: string;
  readonly licence: string;
  /** Levels are 0 to levels - 1; the last ones are hard for large models. */
  readonly levels: number;
  readonly modes: readonly ThinkingMode[];
  draw(request: TaskRequest): Task<D> | Promise<Task<D>>;
  open(task: Task<D>): Environment | Promise<Environment>;
  readonly rubric: readonly Reward<D>[];
  /** The Python program that a run was judged by, where an interpreter in this process judged it: a sample is re-checked. */
  program?(run: FinishedRollout<D>): JudgedProgram | undefined;
  /**
   * The assistant's messages of a run that solves the task, in order; the runner answers the calls in between. Material for
   * supervised fine-tuning, and the proof that tools alone suffice.
   */
  demonstrate(task: Task<D>, style: Style): readonly AssistantMessage[];
  /** A demonstration spoilt so that it earns nothing: the conformance suite proves that it does. */
  spoil(messages: readonly AssistantMessage[], task: Task<D>): readonly AssistantMessage[];
}
