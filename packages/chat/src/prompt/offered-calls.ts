/** Which calls a request lets a model make. */

import type { FinishReason, GenerateRequest } from "../chat-model.js";
import type { CallOptions } from "../codec/call-policy.js";
import type { StreamEnd } from "../codec/stream-parser.js";
import { ChatError } from "../errors.js";
import type { ToolDefinition } from "../messages.js";

/** The tools of a request: its own, or those that sit on its messages, where the codec has them. */
export function offeredTools({ tools, messages }: GenerateRequest): readonly ToolDefinition[] {
  if (tools?.length) return tools;
  return messages.flatMap((message) =>
    message.role === "system" || message.role === "developer" ? (message.tools ?? []) : [],
  );
}

/** How the answer to a request is to be parsed. */
export function callOptions(request: GenerateRequest): CallOptions {
  return { tools: offeredTools(request), toolChoice: request.toolChoice };
}

/**
 * For models whose tokens nobody constrains.
 *
 * @throws ChatError `unsupported_parameter` for calls that are demanded, and for at most one call.
 */
export function refuseForcedCalls({ toolChoice, parallelToolCalls }: GenerateRequest): void {
  if (toolChoice !== undefined && toolChoice !== "auto" && toolChoice !== "none") {
    const fix = 'tool_choice must be "auto" or "none"';
    throw new ChatError("unsupported_parameter", `Calls cannot be forced; ${fix}`, "tool_choice");
  }
  if (parallelToolCalls === false) {
    const message = "The model decides how many calls it makes; remove parallel_tool_calls";
    throw new ChatError("unsupported_parameter", message, "parallel_tool_calls");
  }
}

/** Why a message ended whose text ended for `reason`: with calls only when all of them are whole. */
export function messageFinish(reason: FinishReason, { message, callWasCut }: StreamEnd): FinishReason {
  return reason === "stop" && message.tool_calls.length > 0 && !callWasCut ? "tool_calls" : reason;
}
