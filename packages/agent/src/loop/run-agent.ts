import { randomUUID } from "node:crypto";
import {
  type AssistantMessage,
  type ChatEvent,
  type ChatMessage,
  type ChatModel,
  type CollectedMessage,
  collectMessage,
  type GenerateRequest,
  type Usage,
} from "@cachalot/chat";
import { AgentError } from "../errors.js";
import type { Tool } from "../tools/tool.js";
import type { AgentEvent, AgentResult, StopReason } from "./events.js";
import { errorOutcome, executeCall, type PreparedCall, parseObject, prepareCall } from "./execute-call.js";
import type { AgentHooks, Approve } from "./hooks.js";
import { addUsage, checkLimits, limitReached, NO_USAGE, type RunLimits } from "./limits.js";
import { inOrder } from "./run-calls.js";
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
  /** Calls at work at once. Default 8. */
  maxConcurrentCalls?: number;
  /** Names the run in idempotency keys. Default: random. */
  runId?: string;
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
  const { messages, tools = [], limits = {}, cost: price, hooks = {}, approve, output, ...rest } = options;
  const { maxConcurrentCalls = 8, runId = randomUUID(), signal: callerSignal, ...request } = rest;
  checkLimits(limits, price !== undefined);
  const names = tools.map(({ definition }) => definition.function.name);
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin !== undefined)
    throw new AgentError("invalid_run", `Two tools are called ${twin}; give each a name of its own`);
  const answer = output && outputChecker(output.schema);

  const started = performance.now();
  const timeout = limits.durationMs === undefined ? undefined : AbortSignal.timeout(limits.durationMs);
  const signal = AbortSignal.any([callerSignal, timeout].filter((one) => one !== undefined));
  const definitions = tools.map(({ definition }) => definition);
  const spent = { steps: 0, usage: NO_USAGE, cost: 0 };
  let text = "";
  let value: unknown;
  let rejected = 0;

  async function* generate(step: number): AsyncGenerator<AgentEvent, CollectedMessage, undefined> {
    await hooks.beforeModel?.({ step, messages, usage: spent.usage });
    yield { type: "step", step };
    const begun = performance.now();
    const events: ChatEvent[] = [];
    const responseFormat = answer === undefined ? {} : { responseFormat: answer.jsonSchema };
    for await (const event of model.generate({ ...request, ...responseFormat, messages, tools: definitions, signal })) {
      events.push(event);
      yield event;
    }
    const collected = await collectMessage(replay(events));
    const { message, finishReason, usage } = collected;
    spent.steps++;
    spent.usage = addUsage(spent.usage, usage);
    spent.cost += price?.(usage) ?? 0;
    yield { type: "message", step, message, finishReason, usage, durationMs: performance.now() - begun };
    await hooks.afterModel?.({ step, message, finishReason, usage, messages });
    return collected;
  }

  async function* runCalls(step: number, message: AssistantMessage): AsyncGenerator<AgentEvent, void, undefined> {
    const tasks: { concurrent: boolean; run(): Promise<AgentEvent & { type: "tool-result" }> }[] = [];
    for (const [index, call] of (message.tool_calls ?? []).entries()) {
      yield { type: "tool-start", step, index, call };
      const prepared = await approved(step, prepareCall(tools, call));
      tasks.push({
        concurrent: !("problem" in prepared) && prepared.tool.concurrent === true,
        run: async () => ({ type: "tool-result", step, index, call, ...(await outcomeOf(step, index, prepared)) }),
      });
    }
    for await (const event of inOrder(tasks, maxConcurrentCalls)) {
      const { call, content } = event;
      messages.push({ role: "tool", content, ...(call.id ? { tool_call_id: call.id } : {}) });
      yield event;
    }
  }

  async function approved(step: number, prepared: PreparedCall): Promise<PreparedCall> {
    if ("problem" in prepared || approve === undefined || signal.aborted) return prepared;
    const { call, args } = prepared;
    const word = await approve({ step, call, args });
    return word.approved ? prepared : { call, problem: `the call was denied: ${word.reason}` };
  }

  async function outcomeOf(step: number, index: number, prepared: PreparedCall) {
    if ("problem" in prepared) return errorOutcome(prepared.problem);
    const { call, tool, args } = prepared;
    const early = await hooks.beforeTool?.({ step, call, args });
    const key = `${runId}:${step}:${index}`;
    const outcome =
      early === undefined
        ? await executeCall(tool, args, { signal, callId: call.id ?? key, idempotencyKey: key })
        : { content: early, isError: false, durationMs: 0 };
    const late = await hooks.afterTool?.({ step, call, outcome });
    return late === undefined ? outcome : { ...outcome, content: late };
  }

  async function* untilStopped(): AsyncGenerator<AgentEvent, StopReason, undefined> {
    for (let step = 0; ; step++) {
      const stopped = () => (callerSignal?.aborted ? "aborted" : "time");
      if (signal.aborted) return stopped();
      const limit = limitReached(limits, spent);
      if (limit !== undefined) return limit;
      const { message, finishReason } = yield* generate(step);
      text = message.content ?? "";
      const cut = finishReason === "length" || finishReason === "aborted";
      const kept = keepable(message, cut);
      if (kept !== undefined) messages.push(kept);
      if (finishReason === "length") return "length";
      if (finishReason === "aborted") return stopped();
      if (message.tool_calls?.length) {
        yield* runCalls(step, message);
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

  const stopped = yield* untilStopped();
  const result: AgentResult = {
    stopped,
    text,
    ...(value === undefined ? {} : { output: value }),
    messages,
    ...spent,
    durationMs: performance.now() - started,
  };
  yield { type: "end", result };
  return result;
}

async function* replay(events: readonly ChatEvent[]): AsyncGenerator<ChatEvent> {
  yield* events;
}

/**
 * The message as the conversation keeps it. Calls of a message that was cut off are not run, and so not kept; arguments
 * that are no JSON object stay readable, but as one, since a prompt cannot hold them otherwise.
 */
function keepable(message: AssistantMessage, cut: boolean): AssistantMessage | undefined {
  const { tool_calls: calls, ...said } = message;
  if (cut) return said.content || said.reasoning_content ? said : undefined;
  if (calls === undefined) return said;
  const valid = calls.map((call) => {
    if (parseObject(call.function.arguments) !== undefined) return call;
    const text = JSON.stringify({ invalid_arguments: call.function.arguments });
    return { ...call, function: { ...call.function, arguments: text } };
  });
  return { ...said, tool_calls: valid };
}

/** Runs to the end and gives the result, for callers that need no events. */
export async function agentResult(run: AsyncGenerator<AgentEvent, AgentResult, undefined>): Promise<AgentResult> {
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
  }
}
