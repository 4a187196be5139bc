import type { ChatMessage, GenerateRequest, ToolDefinition } from "@cachalot/chat";
import { ContextManager } from "../context/context-manager.js";
import type { ContextOptions } from "../context/context-options.js";
import type { CompleteStep, ModelCaller } from "./call-model.js";
import type { AgentEvent, CallPurpose, StopReason } from "./events.js";

type Request = GenerateRequest & { messages: ChatMessage[] };

/** How often a prompt the host refuses as too long is made shorter, before that ends the run. */
const REFUSALS = 3;

/** Model calls whose prompts are counted, and edited by a strategy until they fit the window. */
export class ContextFitter {
  readonly #manager: ContextManager | undefined;
  #explanation: string | undefined;

  /** @param limit why no further call may be made, if so: a summary is one too */
  constructor(
    private readonly request: Request,
    contextLength: number,
    context: ContextOptions | undefined,
    private readonly models: ModelCaller,
    private readonly limit: () => StopReason | undefined,
  ) {
    this.#manager = context && new ContextManager(request.messages, contextLength, context);
  }

  /** Why the last prompt did not fit. */
  get explanation(): string | undefined {
    return this.#explanation;
  }

  /** Offers these tools from now on. @returns whether they are others than before */
  offer(tools: ToolDefinition[]): boolean {
    if (JSON.stringify(tools) === JSON.stringify(this.request.tools)) return false;
    this.request.tools = tools;
    return true;
  }

  /** The model call of a step. @returns its message, or why the run ends without it */
  async *call(step: number): AsyncGenerator<AgentEvent, CompleteStep | StopReason, undefined> {
    for (let refusals = 0; ; refusals++) {
      // A summary is a model call too, and may have been the last one.
      const stopped = (yield* this.#fit(step)) ?? this.limit();
      if (stopped !== undefined) return stopped;
      const reply = yield* this.#ask(step, "step", this.request);
      if (reply === undefined) return "context";
      if (!("refused" in reply)) return reply;
      this.#explanation = reply.refused;
      if (this.#manager === undefined || refusals === REFUSALS) return "context";
      this.#manager.refused();
      // Without an edit the same prompt would be refused again.
      if (this.#manager.next(this.request) === undefined) return "context";
    }
  }

  /** Edits the conversation until its prompt fits. @returns why the run ends when it never does */
  async *#fit(step: number): AsyncGenerator<AgentEvent, StopReason | undefined, undefined> {
    for (;;) {
      const due = this.#manager?.next(this.request);
      if (due === undefined) return undefined;
      if ("stop" in due) {
        this.#explanation = due.stop;
        return "context";
      }
      let summary = "";
      if (due.ask !== undefined) {
        const limit = this.limit();
        if (limit !== undefined) return limit;
        const reply = yield* this.#ask(step, "summary", { ...this.request, messages: due.ask });
        if (reply !== undefined && !("refused" in reply)) summary = reply.message.content ?? "";
      }
      yield { type: "context", step, ...due.apply(summary) };
    }
  }

  /** One counted model call. undefined when its prompt leaves no room for an answer. */
  async *#ask(
    step: number,
    purpose: CallPurpose,
    request: Request,
  ): AsyncGenerator<AgentEvent, CompleteStep | { refused: string } | undefined, undefined> {
    const manager = this.#manager;
    if (manager) {
      const report = manager.report(request);
      yield { type: "prompt", step, purpose, ...report };
      if (manager.full(report)) {
        this.#explanation = manager.whyFull(request);
        return undefined;
      }
    }
    const reply = yield* this.models.call(step, purpose, request);
    if (!("refused" in reply)) manager?.answered(request, reply.message, reply.usage.promptTokens);
    return reply;
  }
}
