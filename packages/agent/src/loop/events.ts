/** What happens in a run, and what comes of it. */

import type { AssistantMessage, ChatEvent, ChatMessage, FinishReason, ToolCall, Usage } from "@cachalot/chat";

/**
 * Why a run ended. `answer`: the model answered without a call. `length`: its message was cut off. `aborted`: by the
 * caller's signal. `invalid_output`: no answer fitted the schema. The rest: the limit of that name was reached.
 */
export type StopReason = "answer" | "length" | "aborted" | "invalid_output" | "steps" | "tokens" | "time" | "cost";

export interface AgentResult {
  stopped: StopReason;
  /** The last answer's text; empty when there was none. */
  text: string;
  /** The validated answer, when an output schema was given and `stopped` is `answer`. */
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
  | ChatEvent
  /** A model call begins; steps count from 0. */
  | { type: "step"; step: number }
  /** A message is complete, as the model gave it. */
  | {
      type: "message";
      step: number;
      message: AssistantMessage;
      finishReason: FinishReason;
      usage: Usage;
      durationMs: number;
    }
  | { type: "tool-start"; step: number; index: number; call: ToolCall }
  /** Results come in the order of the calls, whichever was done first. */
  | ({ type: "tool-result"; step: number; index: number; call: ToolCall } & ToolOutcome)
  /** The answer did not fit the schema, and the model was told. */
  | { type: "output-rejected"; step: number; problems: string[] }
  | { type: "end"; result: AgentResult };

export interface ToolOutcome {
  /** What the model reads. */
  content: string;
  isError: boolean;
  durationMs: number;
}
