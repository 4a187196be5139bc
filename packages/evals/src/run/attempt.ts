/** An attempt at a problem: the model's turns and its tools', within budgets, then the grade. */

import type { TextTokenizer } from "@cachalot/agent";
import {
  type AssistantMessage,
  ChatError,
  type ChatMessage,
  type ChatModel,
  collectMessage,
  type FinishReason,
  type SamplingOptions,
  type ThinkingMode,
} from "@cachalot/chat";
import { callTool, type Environment } from "@cachalot/environments";
import type { AgentOptions } from "../agent/agent-options.js";
import { work } from "../agent/work.js";
import { behindThinking } from "../answer/behind-thinking.js";
import { type Benchmark, type Company, type Grade, type Item, notMeasured, wrong } from "../benchmark.js";
import { EvalsError } from "../errors.js";
import { withUserActs } from "../users/user-acts.js";
import type { Sample } from "./sample.js";

export interface AttemptOptions {
  benchmark: Benchmark;
  item: Item;
  sample: number;
  model: ChatModel;
  /** Without `seed`, which each sample has of its own. */
  sampling: Omit<SamplingOptions, "seed">;
  thinkingMode: ThinkingMode;
  seed: number;
  /** Of the whole attempt, grading apart. */
  timeoutMs: number;
  company?: Omit<Company, "seed">;
  /** An agent's strategy and budget, which its problem tells it. */
  agent?: AgentOptions;
  /** Makes the models of further trajectories. Default: all have the same one. */
  another?: () => ChatModel;
  /** The model's own: counts an agent's prompts. */
  tokenizer?: TextTokenizer;
  signal?: AbortSignal;
}

/** Tool calls where a benchmark names no limit. */
const MOST_CALLS = 64;

const companyOf = ({ company, seed }: AttemptOptions): Company => ({ ...company, seed });

/** What an attempt has used so far. */
interface Progress extends Pick<Sample, "steps" | "edits"> {
  messages: ChatMessage[];
  usage: Sample["usage"];
  toolCalls: number;
  finishReason?: FinishReason;
}

/** @throws the signal's reason where that aborts; every other trouble is part of the sample */
export async function attempt(options: AttemptOptions): Promise<Sample> {
  const { item, sample, seed, benchmark, agent } = options;
  const started = Date.now();
  const progress: Progress = {
    messages: [...item.messages],
    usage: { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0 },
    toolCalls: 0,
  };
  let environment: Environment | undefined;
  let grade: Grade;
  try {
    if (agent) grade = await agentWork(options, agent, progress);
    else {
      environment = await benchmark.open?.(item, companyOf(options));
      grade = await converse(options, progress, environment);
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    grade = broken(error);
  } finally {
    await Promise.resolve(environment?.close()).catch(() => {});
  }
  return {
    ...{ item: item.id, sample, ...grade, gold: item.gold, ...progress, seed },
    ...(environment &&
      benchmark.userActs && { messages: withUserActs(progress.messages, benchmark.userActs(environment)) }),
    seconds: (Date.now() - started) / 1000,
    startedAt: new Date(started).toISOString(),
  };
}

function broken(error: unknown, where = ""): Grade {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof EvalsError && error.code === "unsupported") return notMeasured("unsupported", message);
  return notMeasured("infrastructure", where + message);
}

async function agentWork(options: AttemptOptions, agent: AgentOptions, progress: Progress): Promise<Grade> {
  const { benchmark, item, model, another = () => model } = options;
  const { grade, ...worked } = await work({
    ...options,
    agent,
    models: Array.from({ length: agent.trajectories }, (_, i) => (i === 0 ? model : another())),
    open: async () => benchmark.open!(item, companyOf(options)),
    grade: (message, messages, environment) =>
      graded(options, { ...progress, messages: [...messages] }, message, environment),
  });
  Object.assign(progress, worked);
  return grade;
}

async function converse(
  options: AttemptOptions,
  progress: Progress,
  environment: Environment | undefined,
): Promise<Grade> {
  const { item, timeoutMs, signal } = options;
  const deadline = AbortSignal.timeout(timeoutMs);
  const until = signal ? AbortSignal.any([signal, deadline]) : deadline;
  if (environment && !progress.messages.some(({ role }) => role === "user"))
    await userSpeaks(environment, progress, until);
  for (;;) {
    const left = (item.budget?.tokens ?? Number.POSITIVE_INFINITY) - progress.usage.completionTokens;
    if (left <= 0) return notMeasured("truncated", `its ${item.budget!.tokens} tokens are used up`);
    const tools = (environment && options.benchmark.offers?.(environment)) ?? item.tools;
    const message = await nextMessage(options, progress, tools, left, until);
    signal?.throwIfAborted();
    if (deadline.aborted) return notMeasured("timed out", `no answer within ${timeoutMs / 1000} s`);
    if (progress.finishReason === "length") return notMeasured("truncated", "the token limit was reached");
    if (progress.finishReason === "content_filter")
      return notMeasured("infrastructure", "the host withheld the answer");
    if (progress.finishReason === "aborted") return notMeasured("infrastructure", "the model ended early");
    const calls = message.tool_calls ?? [];
    if (!environment) return graded(options, progress, message, environment);
    if (calls.length === 0) {
      const goesOn = behindThinking(message.content ?? "") !== undefined && !environment.isDone?.();
      if (!goesOn || !(await userSpeaks(environment, progress, until)))
        return graded(options, progress, message, environment);
      continue;
    }
    if (progress.toolCalls + calls.length > (item.budget?.calls ?? MOST_CALLS))
      return wrong("it made more tool calls than it may");
    for (const call of calls) {
      progress.toolCalls++;
      const content = await callTool(environment, call, { timeoutMs, ...(signal ? { signal } : {}) });
      progress.messages.push({ role: "tool", content, tool_call_id: call.id! });
    }
    if (environment.isDone?.()) return graded(options, progress, message, environment);
  }
}

/** @returns false where the user ends the conversation. @throws where the user does not answer in time */
async function userSpeaks(environment: Environment, { messages }: Progress, until: AbortSignal): Promise<boolean> {
  let late = () => {};
  const lateness = new Promise<never>((_, reject) => {
    late = () => reject(new Error("the user did not answer in time"));
    if (until.aborted) late();
    else until.addEventListener("abort", late, { once: true });
  });
  try {
    const next = await Promise.race([environment.userTurn?.(messages), lateness]);
    if (next) messages.push(next);
    return next !== undefined;
  } finally {
    until.removeEventListener("abort", late);
  }
}

async function nextMessage(
  { model, sampling, thinkingMode, seed }: AttemptOptions,
  progress: Progress,
  tools: Item["tools"],
  left: number,
  signal: AbortSignal,
): Promise<AssistantMessage> {
  const limits = [sampling.maxTokens, Number.isFinite(left) ? left : undefined].filter((limit) => limit !== undefined);
  const { message, usage, finishReason } = await collectMessage(
    model.generate({
      ...{ messages: progress.messages, thinkingMode, ...sampling, seed, signal },
      ...(tools ? { tools } : {}),
      ...(limits.length > 0 ? { maxTokens: Math.min(...limits) } : {}),
    }),
  );
  progress.messages.push(message);
  progress.finishReason = finishReason;
  for (const name of Object.keys(progress.usage) as (keyof Progress["usage"])[]) progress.usage[name] += usage[name];
  return message;
}

/** Grades what stands behind the thinking. */
async function graded(
  options: AttemptOptions,
  progress: Progress,
  message: AssistantMessage,
  environment: Environment | undefined,
): Promise<Grade> {
  const { benchmark, item } = options;
  const content = behindThinking(message.content ?? "");
  if (content === undefined) return notMeasured("truncated", "its thinking did not end");
  try {
    return await benchmark.grade(
      { message: { ...message, content }, messages: progress.messages, ...(environment && { environment }) },
      item,
      companyOf(options),
    );
  } catch (error) {
    return broken(error, `${error instanceof ChatError ? error.code : "grader"}: `);
  }
}
