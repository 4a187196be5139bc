import { type AssistantMessage, type ChatMessage, findLastUserIndex, type GenerateRequest } from "@cachalot/chat";
import { AgentError } from "../errors.js";
import { type ContextOptions, type ContextStrategy, checkContext } from "./context-options.js";
import { PromptHistory, type PromptReport } from "./prompt-report.js";
import { askForSummary, discardSteps, type MessageEdit, restartWith } from "./trajectory.js";

/** What a strategy did to a conversation. */
export interface ContextEdit extends MessageEdit {
  strategy: ContextStrategy;
  /** Tokens of the prompt. */
  before: number;
  after: number;
  /** The calls the model no longer sees, in order. */
  removedCalls: string[];
  /** The summary, where one was asked for. Empty: the model wrote none, and everything was discarded. */
  summary?: string;
}

/** An edit that is due. */
interface DueEdit {
  /** A conversation whose answer is the summary `apply` wants. */
  ask?: ChatMessage[];
  /** Edits the request's messages. */
  apply(summary: string): ContextEdit;
}

export interface ContextManager {
  /** The edit a request needs before it is sent; undefined when it fits, or nothing is left to give up. */
  next(request: GenerateRequest & { messages: ChatMessage[] }): DueEdit | undefined;
  /** What the prompt about to be sent shares with what the model has seen. */
  report(request: GenerateRequest): PromptReport;
  answered(request: GenerateRequest, message: AssistantMessage): void;
  /** Whether a prompt leaves no room for an answer. */
  full(report: PromptReport): boolean;
}

/**
 * Keeps the prompts of one run within a model's window.
 *
 * @param messages the conversation so far: its last user message is the task, and stays
 * @throws AgentError `invalid_run` for bad options, or a conversation without a task
 */
export function createContextManager(
  messages: readonly ChatMessage[],
  contextLength: number,
  options: ContextOptions,
): ContextManager {
  checkContext(options);
  const { strategy, tokenizer, threshold = 0.8, window = contextLength } = options;
  const history = new PromptHistory(tokenizer);
  const from = findLastUserIndex(messages) + 1;
  const task = messages[from - 1];
  if (task === undefined) throw new AgentError("invalid_run", "There is no user message; give the task as one");

  function editOf(messages: readonly ChatMessage[], summary: string): MessageEdit {
    if (strategy === "discard-75") return discardSteps(messages, from, 0.75);
    if (strategy === "discard-all" || summary.trim() === "") return discardSteps(messages, from, 1);
    return restartWith(messages, from - 1, task!, summary);
  }

  return {
    next(request) {
      const { messages } = request;
      if (strategy === "none" || messages.length <= from) return undefined;
      const before = history.count(request);
      if (before <= threshold * window) return undefined;
      const summarises = strategy === "summary";
      return {
        ...(summarises ? { ask: askForSummary(messages) } : {}),
        apply(summary) {
          const edit = editOf(messages, summary);
          const removed = messages.splice(edit.at, edit.remove, ...edit.insert);
          const calls = removed.flatMap((message) => (message.role === "assistant" ? (message.tool_calls ?? []) : []));
          const removedCalls = calls.map(({ id, function: { name } }) => (id === undefined ? name : `${name} ${id}`));
          const after = history.count(request);
          return { strategy, before, after, removedCalls, ...edit, ...(summarises ? { summary } : {}) };
        },
      };
    },
    report: (request) => history.report(request),
    answered: (request, message) => history.answered(request, message),
    full: ({ promptTokens }) => promptTokens >= window,
  };
}
