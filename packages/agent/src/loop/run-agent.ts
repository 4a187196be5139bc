import { randomUUID } from "node:crypto";
import type { ChatModel, FinishReason } from "@cachalot/chat";
import { type CompleteStep, ModelCaller } from "./call-model.js";
import { createToolCaller } from "./call-tools.js";
import type { AgentEvent, AgentResult, StopReason } from "./events.js";
import { ContextFitter } from "./fit-context.js";
import { historyMessage } from "./history-message.js";
import type { AgentHooks } from "./hooks.js";
import { noJournal } from "./journal.js";
import { limitReached } from "./limits.js";
import { RunClock } from "./run-clock.js";
import { checkOptions, type RunOptions } from "./run-options.js";
import { correction, type OutputChecker, outputChecker } from "./structured-output.js";

/**
 * Lets a model work with tools until it answers without a call: thinking is kept across tool results, the calls of a
 * message are run and answered in order, and whatever goes wrong with one is a result the model reads. The last event is
 * always `end`; docs/agent-events.md draws their order.
 *
 * @throws AgentError `invalid_run` for options that contradict themselves; whatever the model or a hook throws
 */
export async function* runAgent(
  model: ChatModel,
  options: RunOptions,
): AsyncGenerator<AgentEvent, AgentResult, undefined> {
  const run = new AgentRun(model, options);
  try {
    const stopReason = yield* run.steps();
    const result = run.result(stopReason);
    yield { type: "end", result };
    return result;
  } finally {
    run.close();
  }
}

/** One run: steps of a model call and the tool calls it asks for. */
class AgentRun {
  readonly #options: RunOptions;
  readonly #hooks: AgentHooks;
  readonly #clock: RunClock;
  readonly #models: ModelCaller;
  readonly #context: ContextFitter;
  readonly #callTools: ReturnType<typeof createToolCaller>;
  readonly #output: OutputChecker | undefined;
  /** The last answer's text, and what it stands for when an output schema was given. */
  #text = "";
  #value: { output?: unknown } = {};
  #rejected = 0;

  constructor(model: ChatModel, options: RunOptions) {
    checkOptions(options);
    const { messages, tools = [], limits = {}, cost, hooks = {}, approve, output, context, ...rest } = options;
    const { maxConcurrentCalls = 8, runId = randomUUID(), journal = noJournal, signal: caller, ...sampling } = rest;
    this.#options = options;
    this.#hooks = hooks;
    this.#output = output && outputChecker(output.schema);
    this.#clock = new RunClock(limits.durationMs, caller);
    const { signal } = this.#clock;
    this.#models = new ModelCaller(model, journal, cost, (ms) => this.#clock.addReplayed(ms));
    this.#callTools = createToolCaller({ tools, hooks, approve, journal, runId, signal, maxConcurrentCalls });
    const request = {
      ...sampling,
      ...(this.#output === undefined ? {} : { responseFormat: this.#output.jsonSchema }),
      tools: tools.map(({ definition }) => definition),
      messages,
      signal,
    };
    this.#context = new ContextFitter(request, model.contextLength, context, this.#models, () => this.#limitReached());
  }

  /** Steps until one ends the run. */
  async *steps(): AsyncGenerator<AgentEvent, StopReason, undefined> {
    for (let step = 0; ; step++) {
      const stopReason = this.#limitReached() ?? (yield* this.#step(step));
      if (stopReason !== undefined) return stopReason;
    }
  }

  result(stopReason: StopReason): AgentResult {
    const { messages } = this.#options;
    const { explanation } = this.#context;
    return {
      stopReason,
      stopped: stopReason,
      ...(stopReason === "context" && explanation !== undefined ? { explanation } : {}),
      text: this.#text,
      ...this.#value,
      messages,
      ...this.#models.spent,
      durationMs: this.#clock.elapsed,
    };
  }

  close(): void {
    this.#clock.stop();
  }

  /** What forbids another model call. */
  #limitReached(): StopReason | undefined {
    if (this.#clock.signal.aborted) return this.#interrupted();
    return limitReached(this.#options.limits ?? {}, this.#models.spent);
  }

  #interrupted(): StopReason {
    return this.#options.signal?.aborted ? "aborted" : "time";
  }

  /** A model call, and the tool calls it asks for. @returns why the run ends with it, if it does */
  async *#step(step: number): AsyncGenerator<AgentEvent, StopReason | undefined, undefined> {
    const { messages } = this.#options;
    await this.#hooks.beforeModel?.({ step, messages, usage: this.#models.spent.usage });
    yield { type: "step", step };
    yield* this.#followTools(step);
    const reply = yield* this.#context.call(step);
    if (typeof reply === "string") return reply;
    const { message, finishReason, usage } = reply;
    await this.#hooks.afterModel?.({ step, message, finishReason, usage, messages });
    this.#text = message.content ?? "";
    this.#remember(reply);
    if (finishReason === "length") return "length";
    if (finishReason === "aborted") return this.#interrupted();
    if (message.tool_calls?.length) return yield* this.#toolCalls(step, reply);
    return yield* this.#answer(step);
  }

  /** Tools may come and go while the run is at work: what the model is offered is what there is. */
  async *#followTools(step: number): AsyncGenerator<AgentEvent, void, undefined> {
    const tools = (this.#options.tools ?? []).map(({ definition }) => definition);
    if (!this.#context.offer(tools)) return;
    checkOptions(this.#options);
    yield { type: "tools", step, tools };
  }

  #remember({ message, finishReason }: { message: CompleteStep["message"]; finishReason: FinishReason }): void {
    const kept = historyMessage(message, finishReason);
    if (kept !== undefined) this.#options.messages.push(kept);
  }

  async *#toolCalls(step: number, { message }: CompleteStep): AsyncGenerator<AgentEvent, undefined, undefined> {
    for await (const event of this.#callTools(step, message, this.#options.messages)) {
      if (event.type === "tool-result" && event.replayed) this.#clock.addReplayed(event.durationMs);
      yield event;
    }
  }

  /** An answer without a call ends the run, unless it does not fit the schema: then the model is told, and tries again. */
  async *#answer(step: number): AsyncGenerator<AgentEvent, StopReason | undefined, undefined> {
    if (this.#output === undefined) return "answer";
    const checked = this.#output.check(this.#text);
    if ("value" in checked) {
      this.#value = { output: checked.value };
      return "answer";
    }
    if (++this.#rejected >= (this.#options.output?.maxAttempts ?? 3)) return "invalid_output";
    this.#options.messages.push({ role: "user", content: correction(checked.problems) });
    yield { type: "output-rejected", step, problems: checked.problems };
    return undefined;
  }
}

/** Runs to the end and gives the result, for callers that need no events. */
export async function agentResult(run: AsyncGenerator<AgentEvent, AgentResult, undefined>): Promise<AgentResult> {
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
  }
}
