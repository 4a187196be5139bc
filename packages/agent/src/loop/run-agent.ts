import { randomUUID } from "node:crypto";
import { ChatError, type ChatMessage, type ChatModel, type GenerateRequest, type Usage } from "@cachalot/chat";
import type { ContextOptions } from "../context/context-options.js";
import { createContextManager } from "../context/manage-context.js";
import { AgentError } from "../errors.js";
import type { Tool } from "../tools/tool.js";
import { callModel, type ModelStep } from "./call-model.js";
import { createToolCaller } from "./call-tools.js";
import type { AgentEvent, AgentResult, CallPurpose, StopReason } from "./events.js";
import type { AgentHooks, Approve } from "./hooks.js";
import { type Journal, noJournal } from "./journal.js";
import { keptMessage } from "./kept-message.js";
import { addUsage, checkLimits, limitReached, NO_USAGE, type RunLimits } from "./limits.js";
import { RunClock } from "./run-clock.js";
import { correction, type OutputOptions, outputChecker } from "./structured-output.js";

export interface RunOptions extends Omit<GenerateRequest, "messages" | "tools" | "responseFormat"> {
  /** Appended to: every message of the run, with its reasoning, so that the next run can go on from it. */
  messages: ChatMessage[];
  tools?: readonly Tool[];
  limits?: RunLimits;
  /** What a model call cost. */
  cost?: (usage: Usage) => number;
  hooks?: AgentHooks;
  /** Asked before every call. Default: all are approved. */
  approve?: Approve;
  /** The final answer must be JSON that fits a schema. */
  output?: OutputOptions;
  /** Counts prompts, and keeps them within the model's window. Default: neither. */
  context?: ContextOptions;
  /** Calls at work at once. Default 8. */
  maxConcurrentCalls?: number;
  /** Names the run in idempotency keys. Default: random. */
  runId?: string;
  /** Keeps the finished steps, so that the run can be resumed. Default: nothing is kept. */
  journal?: Journal;
}

/**
 * Lets a model work with tools until it answers without a call: thinking is kept across tool results, the calls of a
 * message are run and answered in order, and whatever goes wrong with one is a result the model reads. The last event is
 * always `end`.
 *
 * @throws AgentError `invalid_run` for options that contradict themselves; whatever the model or a hook throws
 */
export async function* runAgent(
  model: ChatModel,
  options: RunOptions,
): AsyncGenerator<AgentEvent, AgentResult, undefined> {
  const { messages, tools = [], limits = {}, cost: price, hooks = {}, approve, output, context, ...rest } = options;
  const { maxConcurrentCalls = 8, runId = randomUUID(), journal = noJournal, ...more } = rest;
  const { signal: callerSignal, ...sampling } = more;
  checkLimits(limits, price !== undefined);
  const names = tools.map(({ definition }) => definition.function.name);
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin !== undefined)
    throw new AgentError("invalid_run", `Two tools are called ${twin}; give each a name of its own`);
  const answer = output && outputChecker(output.schema);
  const manager = context && createContextManager(messages, model.contextLength, context);

  const clock = new RunClock(limits.durationMs, callerSignal);
  const { signal } = clock;
  const callTools = createToolCaller({ tools, hooks, approve, journal, runId, signal, maxConcurrentCalls });
  const request = {
    ...sampling,
    ...(answer === undefined ? {} : { responseFormat: answer.jsonSchema }),
    tools: tools.map(({ definition }) => definition),
    signal,
  };
  const spent = { steps: 0, usage: NO_USAGE, cost: 0 };
  let text = "";
  let value: unknown;
  let rejected = 0;

  /** One model call, counted. undefined when its prompt does not fit the window. */
  async function* call(
    step: number,
    purpose: CallPurpose,
    asked: ChatMessage[],
  ): AsyncGenerator<AgentEvent, ModelStep | undefined, undefined> {
    const complete = { ...request, messages: asked };
    if (manager) {
      const report = manager.report(complete);
      yield { type: "prompt", step, purpose, ...report };
      if (manager.full(report)) return undefined;
    }
    const events = callModel(model, complete, journal, purpose === "step" ? `model-${step}` : `${purpose}-${step}`);
    let done: ModelStep & { replayed: boolean };
    try {
      // A summary is shown when it is there: its pieces are no part of the answer.
      if (purpose === "step") done = yield* events;
      else {
        let next = await events.next();
        while (!next.done) next = await events.next();
        done = next.value;
      }
    } catch (error) {
      if (error instanceof ChatError && error.code === "context_length_exceeded") return undefined;
      throw error;
    }
    manager?.answered(complete, done.message);
    if (done.replayed) clock.addReplayed(done.durationMs);
    spent.steps++;
    spent.usage = addUsage(spent.usage, done.usage);
    spent.cost += price?.(done.usage) ?? 0;
    yield { type: "message", step, purpose, ...done };
    return done;
  }

  async function* fitContext(step: number): AsyncGenerator<AgentEvent, void, undefined> {
    for (;;) {
      const next = manager?.next({ ...request, messages });
      if (next === undefined) return;
      const summary = next.ask && (yield* call(step, "summary", next.ask));
      yield { type: "context", step, ...next.apply(summary?.message.content ?? "") };
    }
  }

  async function* untilStopped(): AsyncGenerator<AgentEvent, StopReason, undefined> {
    for (let step = 0; ; step++) {
      const stopped = () => (callerSignal?.aborted ? "aborted" : "time");
      if (signal.aborted) return stopped();
      const limit = limitReached(limits, spent);
      if (limit !== undefined) return limit;
      await hooks.beforeModel?.({ step, messages, usage: spent.usage });
      yield { type: "step", step };
      yield* fitContext(step);
      const said = yield* call(step, "step", messages);
      if (said === undefined) return "context";
      const { message, finishReason, usage } = said;
      await hooks.afterModel?.({ step, message, finishReason, usage, messages });
      text = message.content ?? "";
      const kept = keptMessage(message, finishReason);
      if (kept !== undefined) messages.push(kept);
      if (finishReason === "length") return "length";
      if (finishReason === "aborted") return stopped();
      if (message.tool_calls?.length) {
        for await (const event of callTools(step, message, messages)) {
          if (event.type === "tool-result" && event.replayed) clock.addReplayed(event.durationMs);
          yield event;
        }
        continue;
      }
      if (answer === undefined) return "answer";
      const checked = answer.check(text);
      if ("value" in checked) {
        value = checked.value;
        return "answer";
      }
      if (++rejected >= (output?.maxAttempts ?? 3)) return "invalid_output";
      messages.push({ role: "user", content: correction(checked.problems) });
      yield { type: "output-rejected", step, problems: checked.problems };
    }
  }

  try {
    const stopped = yield* untilStopped();
    const output = value === undefined ? {} : { output: value };
    const result: AgentResult = { stopped, text, ...output, messages, ...spent, durationMs: clock.elapsed };
    yield { type: "end", result };
    return result;
  } finally {
    clock.stop();
  }
}

/** Runs to the end and gives the result, for callers that need no events. */
export async function agentResult(run: AsyncGenerator<AgentEvent, AgentResult, undefined>): Promise<AgentResult> {
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
  }
}
