/** What happens in a run, and what comes of it. */

import type { ChatEvent, ChatMessage, ToolCall, ToolDefinition, Usage } from "@cachalot/chat";
import type { ContextEdit } from "../context/context-manager.js";
import type { PromptReport } from "../context/prompt-history.js";
import type { ModelStep } from "./model-step.js";

/**
 * Why a run ended. `answer`: the model answered without a call. `length`: its message was cut off. `aborted`: by the
 * caller's signal. `invalid_output`: no answer fitted the schema. `context`: the conversation does not fit the model's
 * window. The rest: the limit of that name was reached.
 */
export type StopReason =
  | "answer"
  | "length"
  | "aborted"
  | "invalid_output"
  | "context"
  | "steps"
  | "tokens"
  | "time"
  | "cost";

export interface AgentResult {
  stopReason: StopReason;
  /** `stopReason` under its first name, which traces and token ledgers have. */
  stopped: StopReason;
  /** More words on it, where there are: what did not fit the window, for `context`. */
  explanation?: string;
  /** The last answer's text; empty when there was none. */
  text: string;
  /** The validated answer, when an output schema was given and `stopReason` is `answer`. */
  output?: unknown;
  /** The conversation: the array the run was given, with all that was added. */
  messages: ChatMessage[];
  /** Model calls. */
  steps: number;
  /** Of all steps together. */
  usage: Usage;
  /** By the `cost` option, in its unit; 0 without one. */
  cost: number;
  durationMs: number;
}

export type AgentEvent =
  /** A message as it comes; not when it is known from an earlier process. */
  | ChatEvent
  /** A model call begins; steps count from 0. */
  | { type: "step"; step: number }
  /** The conversation was shortened to fit the window. */
  | ({ type: "context"; step: number } & ContextEdit)
  /** The prompt of the coming call; only with the `context` option. `purpose`: the run's own, or a strategy's. */
  | ({ type: "prompt"; step: number; purpose: CallPurpose } & PromptReport)
  /** A message is complete, as the model gave it. */
  | ({ type: "message"; step: number; purpose: CallPurpose } & ModelStep & Replayable)
  /** The tools are others than before: an MCP server changed its own. */
  | { type: "tools"; step: number; tools: ToolDefinition[] }
  | { type: "tool-start"; step: number; index: number; call: ToolCall }
  /** Results come in the order of the calls, whichever was done first. */
  | ({ type: "tool-result"; step: number; index: number; call: ToolCall } & ToolOutcome & Replayable)
  /** The answer did not fit the schema, and the model was told. */
  | { type: "output-rejected"; step: number; problems: string[] }
  | { type: "end"; result: AgentResult };

/** What a model was called for: the next message of the run, or a summary of it, which is not part of it. */
export type CallPurpose = "step" | "summary";

export interface Replayable {
  /** Whether this happened in an earlier process, and is known from the run's journal. */
  replayed: boolean;
}

export interface ToolOutcome {
  /** What the model reads. */
  content: string;
  isError: boolean;
  /** Milliseconds since 1970. */
  startedAt: number;
  durationMs: number;
}
