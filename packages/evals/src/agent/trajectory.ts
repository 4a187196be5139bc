/** Trajectory: one run of the agent loop in an environment, recorded whole, also what a context strategy discards. */

import {
  AgentError,
  type AgentEvent,
  type AgentResult,
  runAgent,
  type StopReason,
  type TextTokenizer,
  type Tool,
} from "@cachalot/agent";
import type {
  AssistantMessage,
  ChatMessage,
  ChatModel,
  FinishReason,
  SamplingOptions,
  ThinkingMode,
} from "@cachalot/chat";
import type { Environment } from "@cachalot/environments";
import type { Item } from "../benchmark.js";
import type { Sample } from "../run/sample.js";
import { type AgentOptions, contextStrategy, reminder } from "./agent-options.js";

export interface TrajectoryRequest {
  item: Item;
  model: ChatModel;
  environment: Environment;
  sampling: Omit<SamplingOptions, "seed">;
  thinkingMode: ThinkingMode;
  seed: number;
  /** Wall time of the model and its tools. */
  timeoutMs: number;
  agent: AgentOptions;
  /** The model's own, which counts prompts. */
  tokenizer?: TextTokenizer;
  signal?: AbortSignal;
}

/** `calls`: more than the problem allows. `fault`: the environment broke. */
export type TrajectoryEnd = StopReason | "calls" | "fault";

/** Limits that end no work that is done: the last step did it. */
const LIMITS: ReadonlySet<TrajectoryEnd> = new Set(["answer", "steps", "tokens"]);

export interface Trajectory {
  stopReason: TrajectoryEnd;
  /** More words on it, where there are. */
  explanation?: string;
  environment: Environment;
  /** The last one; empty where the agent was ended before it answered. */
  message: AssistantMessage;
  messages: ChatMessage[];
  usage: Sample["usage"];
  finishReason?: FinishReason;
  steps: number;
  toolCalls: number;
  /** Times that the strategy made the conversation shorter. */
  edits: number;
}

/** @throws what the model throws; the signal's reason where that aborts */
export async function runTrajectory(request: TrajectoryRequest): Promise<Trajectory> {
  return new Recorder(request).run();
}

class Recorder {
  readonly #messages: ChatMessage[];
  /** The conversation as the loop has it: a strategy may cut it. */
  readonly #live: ChatMessage[];
  readonly #stop = new AbortController();
  readonly #tools: Tool[];
  readonly #usage = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0 };
  #last: AssistantMessage = { role: "assistant", content: "" };
  #finishReason: FinishReason | undefined;
  #counts = { steps: 0, toolCalls: 0, edits: 0 };
  #ended: { stopReason: TrajectoryEnd; explanation?: string } | undefined;

  constructor(private readonly request: TrajectoryRequest) {
    const { item, environment } = request;
    this.#messages = [...item.messages];
    this.#live = structuredClone(item.messages) as ChatMessage[];
    const offered = new Map(item.tools?.map((definition) => [definition.function.name, definition]));
    this.#tools = environment.tools.map((tool) => this.#watched(tool, offered.get(tool.definition.function.name)));
  }

  /** Runs, and a user's words between them, until the agent is done or ended. */
  async run(): Promise<Trajectory> {
    const { environment, signal } = this.request;
    const started = performance.now();
    for (;;) {
      const result = await this.#runOnce(performance.now() - started);
      signal?.throwIfAborted();
      const { stopReason, explanation } = this.#ended ?? result;
      if (environment.isDone?.() && LIMITS.has(stopReason)) return this.#trajectory("answer");
      const next = stopReason === "answer" ? await environment.userTurn?.(this.#messages) : undefined;
      if (!next) return this.#trajectory(stopReason, explanation);
      this.#messages.push(next);
      this.#live.push(next);
    }
  }

  async #runOnce(spentMs: number): Promise<AgentResult> {
    const { model, agent, item, sampling, thinkingMode, seed, timeoutMs, tokenizer, signal } = this.request;
    const { window } = agent;
    const calls = item.budget?.calls ?? Number.POSITIVE_INFINITY;
    const spentTokens = this.#usage.promptTokens + this.#usage.completionTokens;
    const run = runAgent(model, {
      ...{ messages: this.#live, tools: this.#tools, thinkingMode, ...sampling, seed },
      signal: signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal,
      limits: {
        steps: Math.max(1, agent.steps - this.#counts.steps),
        durationMs: Math.max(1, timeoutMs - spentMs),
        ...(agent.tokens !== undefined && { tokens: Math.max(1, agent.tokens - spentTokens) }),
      },
      context: { strategy: contextStrategy(agent), ...(window && { window }), ...(tokenizer && { tokenizer }) },
      hooks: { beforeModel: () => this.#beforeModel(), afterModel: ({ message }) => this.#afterModel(message, calls) },
    });
    for (;;) {
      const { done, value } = await run.next();
      if (done) return value;
      this.#record(value);
    }
  }

  #beforeModel(): void {
    if (this.request.environment.isDone?.()) this.#end("answer");
  }

  /** Calls beyond the problem's limit are not run. */
  #afterModel({ tool_calls: wanted = [] }: AssistantMessage, limit: number): void {
    this.#counts.toolCalls += wanted.length;
    if (this.#counts.toolCalls > limit) this.#end("calls");
  }

  #end(stopReason: TrajectoryEnd, explanation?: string): void {
    this.#ended ??= { stopReason, ...(explanation !== undefined && { explanation }) };
    this.#stop.abort();
  }

  #record(event: AgentEvent): void {
    if (event.type === "context") this.#counts.edits++;
    if (event.type === "tool-result")
      this.#messages.push({ role: "tool", content: event.content, tool_call_id: event.call.id! });
    if (event.type !== "message") return;
    this.#counts.steps++;
    for (const name of Object.keys(this.#usage) as (keyof Sample["usage"])[]) this.#usage[name] += event.usage[name];
    if (event.purpose !== "step") return;
    this.#messages.push(event.message);
    this.#last = event.message;
    this.#finishReason = event.finishReason;
  }

  /** What the environment throws ends the run: it is no slip of the agent's, but for arguments that do not fit. */
  #watched(tool: Tool, offered: Tool["definition"] | undefined): Tool {
    return {
      ...tool,
      definition: offered ?? tool.definition,
      execute: async (args, context) => {
        try {
          const content = await tool.execute(args, context);
          const { agent } = this.request;
          return content + reminder(agent.steps - this.#counts.steps);
        } catch (error) {
          if ((error instanceof AgentError && error.code === "invalid_arguments") || context.signal.aborted)
            throw error;
          this.#end(
            "fault",
            `${tool.definition.function.name}: ${error instanceof Error ? error.message : String(error)}`,
          );
          throw error;
        }
      },
    };
  }

  #trajectory(stopReason: TrajectoryEnd, explanation?: string): Trajectory {
    const answered = stopReason === "answer" || stopReason === "length";
    return {
      ...{ stopReason, environment: this.request.environment, messages: this.#messages, usage: this.#usage },
      ...(explanation !== undefined && { explanation }),
      message: answered ? this.#last : { role: "assistant", content: "" },
      ...(this.#finishReason && { finishReason: this.#finishReason }),
      ...this.#counts,
    };
  }
}
