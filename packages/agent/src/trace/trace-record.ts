/** What a run's file holds: one JSON record a line, from which every prompt of the run can be made again. */

import type { ChatMessage, ThinkingMode, ToolDefinition, Usage } from "@cachalot/chat";
import type { ContextEdit } from "../context/context-manager.js";
import type { PromptReport } from "../context/prompt-history.js";
import type { AgentEvent, CallPurpose, StopReason } from "../loop/events.js";
import type { RunLimits } from "../loop/limits.js";
import type { ModelStep } from "../loop/model-step.js";

export const TRACE_FORMAT = "cachalot-trace/1";

/** The first record. */
export interface RunRecord {
  type: "run";
  format: typeof TRACE_FORMAT;
  runId: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  model: string;
  contextLength: number;
  /** The conversation the run began with. */
  messages: ChatMessage[];
  tools: ToolDefinition[];
  thinkingMode: ThinkingMode;
  responseFormat?: Record<string, unknown>;
  /** How the run was asked for: sampling, context strategy, whatever its program wants to find again. */
  options?: Record<string, unknown>;
  limits?: RunLimits;
}

export type TraceRecord =
  | RunRecord
  | ({ type: "prompt"; step: number; purpose: CallPurpose } & PromptReport)
  | ({ type: "model"; step: number; purpose: CallPurpose } & ModelStep)
  | {
      type: "tool";
      step: number;
      index: number;
      name: string;
      callId?: string;
      content: string;
      isError: boolean;
      startedAt: number;
      durationMs: number;
    }
  /** From here on these are the tools. */
  | { type: "tools"; step: number; tools: ToolDefinition[] }
  | ({ type: "context"; step: number } & ContextEdit)
  | { type: "output-rejected"; step: number; problems: string[] }
  | {
      type: "end";
      stopped: StopReason;
      explanation?: string;
      text: string;
      output?: unknown;
      steps: number;
      usage: Usage;
      cost: number;
      durationMs: number;
    }
  /** The run broke off: it can be resumed. */
  | { type: "error"; message: string };

/** What a trace keeps of an event; undefined for pieces of what comes whole later. */
export function recordOf(event: AgentEvent): TraceRecord | undefined {
  switch (event.type) {
    case "prompt":
    case "context":
    case "tools":
    case "output-rejected":
      return event;
    case "message": {
      const { type: _, replayed: __, ...step } = event;
      return { type: "model", ...step };
    }
    case "tool-result": {
      const { step, index, call, content, isError, startedAt, durationMs } = event;
      const callId = call.id === undefined ? {} : { callId: call.id };
      return {
        type: "tool",
        step,
        index,
        name: call.function.name,
        ...callId,
        content,
        isError,
        startedAt,
        durationMs,
      };
    }
    case "end": {
      const { messages: _, stopReason: __, ...result } = event.result;
      return { type: "end", ...result };
    }
    default:
      return undefined;
  }
}
