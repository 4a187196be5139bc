import type { AssistantMessage, ChatMessage, FinishReason, ToolCall, Usage } from "@cachalot/chat";
import type { ToolOutcome } from "./events.js";

/** Where a program may look into a run, or change it. A hook that throws ends the run with its error. */
export interface AgentHooks {
  /** Before each model call. It may edit `messages`, the run's own array: this is where context is managed. */
  beforeModel?(at: { step: number; messages: ChatMessage[]; usage: Usage }): void | Promise<void>;
  /** After each message, before its calls are run. */
  afterModel?(at: {
    step: number;
    message: AssistantMessage;
    finishReason: FinishReason;
    usage: Usage;
    messages: ChatMessage[];
  }): void | Promise<void>;
  /** Before a call is run. Text it returns is the result, and the tool is not run. */
  beforeTool?(at: {
    step: number;
    call: ToolCall;
    args: Record<string, unknown>;
  }): string | undefined | Promise<string | undefined>;
  /** After a call. Text it returns takes the result's place. */
  afterTool?(at: {
    step: number;
    call: ToolCall;
    outcome: ToolOutcome;
  }): string | undefined | Promise<string | undefined>;
}

/** A person's or a program's word on a call. The model reads the reason. */
export type Approval = { approved: true } | { approved: false; reason: string };

/** Asked before each call, one at a time and in order, before any call of the message is run. */
export type Approve = (at: {
  step: number;
  call: ToolCall;
  args: Record<string, unknown>;
}) => Approval | Promise<Approval>;
