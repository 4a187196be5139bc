import { type AssistantMessage, type ChatMessage, findLastUserIndex, type GenerateRequest } from "@cachalot/chat";
import { AgentError } from "../errors.js";
import { type ContextOptions, checkContext } from "./context-options.js";
import { cutResults, unreadResults } from "./cut-results.js";
import { PromptHistory, type PromptReport } from "./prompt-history.js";
import { type ContextStrategy, STRATEGIES } from "./strategies/index.js";
import type { Strategy } from "./strategies/strategy.js";
import { clipSummary, type MessageEdit } from "./trajectory.js";

/** What was done to a conversation. */
export interface ContextEdit extends MessageEdit {
  /** By which strategy; `cut`: a result that could not fit the window lost its middle. */
  strategy: ContextStrategy | "cut";
  /** Tokens of the prompt. */
  before: number;
  after: number;
  /** The calls the model no longer sees, in order. */
  removedCalls: string[];
  /** The summary, where one was asked for. Empty: the model wrote none, and everything was discarded. */
  summary?: string;
}

/** What a request needs before it is sent. */
export type DueEdit =
  /** An edit of its messages. */
  | {
      /** A conversation whose answer is the summary `apply` wants. */
      ask?: ChatMessage[];
      apply(summary: string): ContextEdit;
    }
  /** Nothing helps: why. */
  | { stop: string };

/** Enough of a result to know it again, also where it was cut. */
const beginningOf = ({ content }: ChatMessage): string => (content ?? "").slice(0, 200);

type Request = GenerateRequest & { messages: ChatMessage[] };

/** Of the room that a step's results may take, so that there is some for the answer to them. */
const RESULTS_SHARE = 0.75;
/** Of the window that a prompt may take which will be asked for a summary: the request, and some of the answer, need the rest. */
const ASKING_SHARE = 0.9;
/** Edits in a row that gain nothing before the run is stopped. */
const USELESS_EDITS = 2;

/** Keeps the prompts of one run within a model's window. */
export class ContextManager {
  readonly #strategy: Strategy<ContextStrategy>;
  readonly #history: PromptHistory;
  readonly #window: number;
  readonly #ownWindow: boolean;
  /** Tokens past which something must go. */
  readonly #limit: number;
  /** Index of the first message after the task. */
  readonly #from: number;
  readonly #task: ChatMessage;
  /** Stretches that were removed: the calls and their results. */
  readonly #removed = new Set<string>();
  #useless = 0;

  /**
   * @param messages the conversation so far: its last user message is the task, and stays
   * @throws AgentError `invalid_run` for bad options, or a conversation without a task
   */
  constructor(messages: readonly ChatMessage[], contextLength: number, options: ContextOptions) {
    checkContext(options);
    const { strategy, tokenizer, threshold = 0.8, window = contextLength } = options;
    this.#strategy = STRATEGIES.find(({ name }) => name === strategy)!;
    this.#history = new PromptHistory(tokenizer);
    this.#window = window;
    this.#ownWindow = options.window !== undefined;
    this.#limit = threshold * window;
    this.#from = findLastUserIndex(messages) + 1;
    const task = messages[this.#from - 1];
    if (task === undefined) throw new AgentError("invalid_run", "There is no user message; give the task as one");
    this.#task = task;
  }

  /** What must be done before a request is sent; undefined when it fits, or nothing is left to give up. */
  next(request: Request): DueEdit | undefined {
    const { messages } = request;
    if (this.#strategy.name === "none" || messages.length <= this.#from) return undefined;
    const before = this.#history.count(request);
    if (before <= this.#limit) return undefined;
    if (this.#useless >= USELESS_EDITS) return { stop: this.#whyUseless() };
    return this.#cutUnread(request, before) ?? this.#planned(request, before);
  }

  /** What the prompt about to be sent shares with what the model has seen. */
  report(request: GenerateRequest): PromptReport {
    return this.#history.report(request);
  }

  /** @param promptTokens of the prompt reported last, as the model counts them; 0: it does not say */
  answered(request: GenerateRequest, message: AssistantMessage, promptTokens: number): void {
    this.#history.answered(request, message, promptTokens);
  }

  /** The model refused the prompt reported last as too long: from now on it counts as such. */
  refused(): void {
    this.#history.refused(this.#window);
  }

  /** Whether a prompt leaves no room for an answer. Of an estimate the model is the judge, unless the window is the user's. */
  full({ promptTokens, estimated }: PromptReport): boolean {
    return promptTokens >= this.#window && (estimated === undefined || this.#ownWindow);
  }

  /** Why a prompt does not fit, for people. */
  whyFull(request: Request): string {
    const { tools: _, ...untooled } = request;
    const task = { ...request, messages: request.messages.slice(0, this.#from) };
    const withoutTools = { ...untooled, messages: task.messages };
    const [all, own, bare] = [request, task, withoutTools].map((part) => this.#history.count(part)) as [
      number,
      number,
      number,
    ];
    const parts = `tools ${own - bare}, task and what came before it ${bare}, the work since ${all - own}`;
    return `the prompt has ${all} tokens (${parts}), the window ${this.#window}`;
  }

  /** Results that could not stand in the window beside the task, even alone, are cut before the model reads them. */
  #cutUnread(request: Request, before: number): DueEdit | undefined {
    const { messages } = request;
    const at = unreadResults(messages);
    if (at === undefined || at < this.#from) return undefined;
    const task = this.#history.count({ ...request, messages: messages.slice(0, this.#from) });
    const read = (text: string) => this.#history.countText(text);
    const results = messages.slice(at).reduce((sum, { content }) => sum + read(content ?? ""), 0);
    const room = Math.max(0, this.#limit - task);
    const asks = this.#strategy.name === "summary" ? ASKING_SHARE * this.#window - (before - results) : Infinity;
    const budget = Math.floor(Math.min(RESULTS_SHARE * room, asks));
    if (results <= Math.max(budget, 0)) return undefined;
    const edit = cutResults(messages, at, budget, read);
    const shorter = edit.insert.some(
      ({ content }, i) => (content ?? "").length < (messages[at + i]!.content ?? "").length,
    );
    if (!shorter) return undefined;
    return { apply: () => this.#apply(request, "cut", before, edit) };
  }

  #planned(request: Request, before: number): DueEdit | undefined {
    const { messages } = request;
    const plan = this.#strategy.plan({ messages, from: this.#from, task: this.#task });
    if (plan === undefined) return undefined;
    const { name } = this.#strategy;
    if (!("ask" in plan)) return { apply: () => this.#apply(request, name, before, plan.edit) };
    return {
      ask: plan.ask,
      apply: (summary) => ({
        ...this.#apply(request, name, before, plan.edit(this.#fitting(request, summary))),
        summary,
      }),
    };
  }

  /** A summary that leaves half of the room for the work that follows. */
  #fitting({ messages, ...request }: Request, summary: string): string {
    const task = this.#history.count({ ...request, messages: messages.slice(0, this.#from) });
    return clipSummary(summary, Math.max(0, this.#limit - task) / 2, (text) => this.#history.countText(text));
  }

  #apply(request: Request, strategy: ContextEdit["strategy"], before: number, edit: MessageEdit): ContextEdit {
    const { messages } = request;
    const removed = messages.splice(edit.at, edit.remove, ...edit.insert);
    const after = this.#history.count(request);
    const calls = removed.flatMap((message) => (message.role === "assistant" ? (message.tool_calls ?? []) : []));
    const removedCalls = calls.map(({ id, function: { name } }) => (id === undefined ? name : `${name} ${id}`));
    if (strategy !== "cut") this.#judge(removed, after);
    return { strategy, before, after, removedCalls, ...edit };
  }

  /** An edit gains nothing when the prompt still does not fit, or the model does again what was removed before. */
  #judge(removed: readonly ChatMessage[], after: number): void {
    const work = removed.map((message) =>
      message.role === "assistant" ? (message.tool_calls ?? []).map((call) => call.function) : beginningOf(message),
    );
    const stretch = JSON.stringify(work);
    this.#useless = after > this.#limit || this.#removed.has(stretch) ? this.#useless + 1 : 0;
    this.#removed.add(stretch);
  }

  #whyUseless(): string {
    return (
      `${this.#strategy.name} gained nothing ${USELESS_EDITS} times in a row: the prompt is full again with what was ` +
      `discarded, or cannot be made smaller; give a larger window, or a task that needs less at once`
    );
  }
}
