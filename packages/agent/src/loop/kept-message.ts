import type { AssistantMessage, FinishReason } from "@cachalot/chat";
import { parseObject } from "./execute-call.js";

/**
 * The message as the conversation keeps it. Calls of a message that was cut off are not run, and so not kept; arguments
 * that are no JSON object stay readable, but as one, since a prompt cannot hold them otherwise.
 */
export function keptMessage(message: AssistantMessage, finishReason: FinishReason): AssistantMessage | undefined {
  const { tool_calls: calls, ...said } = message;
  if (finishReason === "length" || finishReason === "aborted")
    return said.content || said.reasoning_content ? said : undefined;
  if (calls === undefined) return said;
  const valid = calls.map((call) => {
    if (parseObject(call.function.arguments) !== undefined) return call;
    const text = JSON.stringify({ invalid_arguments: call.function.arguments });
    return { ...call, function: { ...call.function, arguments: text } };
  });
  return { ...said, tool_calls: valid };
}
