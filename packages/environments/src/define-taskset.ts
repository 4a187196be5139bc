/** Taskset definition: from a problem generator, a judge and a solver to tasks that come in two splits, levels and modes. */

import {
  type AssistantMessage,
  type ChatMessage,
  chatCompletion,
  type ThinkingMode,
  type ToolDefinition,
} from "@cachalot/chat";
import type { Draw } from "@cachalot/tensor";
import { drawProblem } from "./draw-task.js";
import type { Environment } from "./environment.js";
import { EnvironmentError } from "./errors.js";
import { checkRubric, type FinishedRollout, type Reward } from "./reward.js";
import type { Domain, Task, TaskRequest } from "./task.js";
import { type JudgedProgram, STYLES, type Style, type Taskset } from "./taskset.js";

/** What a generator draws. */
export interface Problem<D> {
  /** What makes it this problem and no other: not its wording. Equal keys are the same problem and fall on one side of the split. */
  key: string;
  /** What the user says, or all messages the policy reads first. */
  prompt: string | readonly ChatMessage[];
  /** What the judge needs to know: plain data. */
  data: D;
}

/** How an answer comes about: the thinking, and what is then said. */
export interface Solution {
  reasoning: string;
  answer: string;
}

export interface TasksetDefinition<D> {
  /** Lower-case words with dashes. */
  name: string;
  domain: Domain;
  description: string;
  /** Default "MIT". */
  licence?: string;
  levels: number;
  /** Default both. */
  modes?: readonly ThinkingMode[];
  /** Draws a problem of a level; all randomness comes from `draw`. */
  problem(draw: Draw, level: number): Problem<D>;
  rubric: readonly Reward<D>[];
  /** Default none. */
  tools?: readonly ToolDefinition[];
  /** Calls a run may make. Default 0. */
  calls?: number;
  /** Default: a world without tools. */
  open?(task: Task<D>): Environment | Promise<Environment>;
  /** See `Taskset.program`. */
  program?(run: FinishedRollout<D>): JudgedProgram | undefined;
  /** How a task without tools is solved; in chat mode only the answer is said. This or `demonstrate`. */
  solve?(data: D, style: Style): Solution;
  /** See `Taskset.demonstrate`. */
  demonstrate?(task: Task<D>, style: Style): readonly AssistantMessage[];
  /** An answer spoilt so that it earns nothing. Default: its last digit is another one. */
  spoil?(answer: string, data: D): string;
  /** See `Taskset.spoil`. Default: `spoil` of the last answer. */
  spoilRun?(messages: readonly AssistantMessage[], task: Task<D>): readonly AssistantMessage[];
}

/** A taskset whose tasks are there at once. */
export interface GeneratedTaskset<D> extends Taskset<D> {
  draw(request: TaskRequest): Task<D>;
}

/**
 * A taskset of a generator. Its tasks may sample as many tokens as their longest demonstration has bytes, which is enough for it
 * with any tokenizer, and a few more.
 *
 * @throws EnvironmentError `invalid_task` for a definition that cannot work; so do `draw` for a request outside its levels and modes
 */
export function defineTaskset<D>(definition: TasksetDefinition<D>): GeneratedTaskset<D> {
  checkDefinition(definition);
  const { name, domain, description, licence = "MIT", levels, modes = ["thinking", "chat"], rubric } = definition;
  const { tools = [], calls = 0, open = () => ({ tools: [], close: () => {} }) } = definition;
  const demonstrate = (task: Task<D>, style: Style): readonly AssistantMessage[] =>
    definition.demonstrate?.(task, style) ?? [said(definition.solve!(task.data, style), task.mode)];

  function draw(request: TaskRequest): Task<D> {
    checkRequest(name, levels, modes, request);
    const { level, mode, split } = request;
    const { key, prompt, data } = drawProblem(name, request, (draw, level) => definition.problem(draw, level));
    const messages: readonly ChatMessage[] = typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt;
    const task = {
      taskset: name,
      domain,
      key,
      level,
      mode,
      split,
      messages,
      tools,
      budget: { tokens: 0, calls },
      data,
    };
    const longest = Math.max(...STYLES.map((style) => bytesOf(demonstrate(task, style), task)));
    return { ...task, budget: { tokens: 16 * Math.ceil(longest / 16) + 16, calls } };
  }

  return {
    ...{ name, domain, description, licence, levels, modes, rubric, draw, open, demonstrate },
    ...(definition.program ? { program: definition.program } : {}),
    spoil(messages, task) {
      if (definition.spoilRun) return definition.spoilRun(messages, task);
      const answer = messages.at(-1)?.content ?? "";
      const content = definition.spoil?.(answer, task.data) ?? otherDigit(answer);
      return [...messages.slice(0, -1), { ...messages.at(-1)!, content }];
    },
  };
}

/** The taskset with more parts in its rubric: a length penalty, a judge. @throws EnvironmentError `invalid_task` as `checkRubric` */
export function withRewards<D>(taskset: Taskset<D>, rewards: readonly Reward<D>[]): Taskset<D> {
  const rubric = [...taskset.rubric, ...rewards];
  checkRubric(taskset.name, rubric);
  return { ...taskset, rubric };
}

function said({ reasoning, answer }: Solution, mode: ThinkingMode): AssistantMessage {
  return { role: "assistant", content: answer, ...(mode === "thinking" ? { reasoning_content: reasoning } : {}) };
}

const utf8 = new TextEncoder();

/** Of what an assistant writes: its completions, as the template has them. */
function bytesOf(messages: readonly AssistantMessage[], task: Task): number {
  const request = { messages: task.messages, tools: task.tools, thinkingMode: task.mode };
  return messages.reduce((sum, message) => sum + utf8.encode(chatCompletion(request, message)).length, 0);
}

/** The answer with its last digit raised by one; backwards where it has none. */
function otherDigit(answer: string): string {
  const raised = answer.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
  return raised === answer ? `${[...answer].reverse().join("")} no` : raised;
}

function checkDefinition<D>({ name, levels, modes, rubric, solve, demonstrate }: TasksetDefinition<D>): void {
  const refuse = (problem: string): never => {
    throw new EnvironmentError("invalid_task", `taskset ${name}: ${problem}`);
  };
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) refuse("its name must be lower-case words with dashes");
  if (!Number.isInteger(levels) || levels < 1) refuse(`levels must be a whole number from 1, not ${levels}`);
  if (modes?.length === 0) refuse("it needs at least one mode");
  if ((solve === undefined) === (demonstrate === undefined)) refuse("give it either solve or demonstrate");
  checkRubric(name, rubric);
}

function checkRequest(
  name: string,
  levels: number,
  modes: readonly ThinkingMode[],
  { level, mode, seed }: TaskRequest,
): void {
  if (!Number.isInteger(level) || level < 0 || level >= levels)
    throw new EnvironmentError(
      "invalid_task",
      `${name} has levels 0 to ${levels - 1}, not ${level}; ask for one of them`,
    );
  if (!modes.includes(mode))
    throw new EnvironmentError("invalid_task", `${name} has no ${mode} mode; ask for ${modes.join(" or ")}`);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new EnvironmentError("invalid_task", `a seed must be a whole number from 0, not ${seed}`);
}
