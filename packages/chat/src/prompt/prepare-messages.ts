/** Small rewrites of a conversation between an API's shape and the codec's. */

import type { ChatMessage, ToolDefinition } from "../messages.js";

/**
 * OpenAI clients send "developer" where DeepSeek-V3.2 knows "system"; its own developer role is a kind of user turn.
 * Turns the developer messages before the last user message into system messages: behind it one is the question itself.
 * Returns the same array when there is nothing to change.
 */
export function hoistDeveloperMessage(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const lastUser = messages.findLastIndex(({ role }) => role === "user");
  if (!messages.slice(0, Math.max(0, lastUser)).some(({ role }) => role === "developer")) return messages;
  return messages.map((message, i) =>
    i < lastUser && message.role === "developer" ? { ...message, role: "system" } : message,
  );
}

/**
 * Puts a request's tools and response format where the codec looks for them: on the opening system message, which is
 * added when there is none. Empty ones change nothing.
 */
export function attachTools(
  messages: readonly ChatMessage[],
  {
    tools,
    responseFormat,
  }: {
    tools?: readonly ToolDefinition[] | undefined;
    responseFormat?: Record<string, unknown> | undefined;
  },
): readonly ChatMessage[] {
  const extra = {
    ...(tools && tools.length > 0 ? { tools: [...tools] } : {}),
    ...(responseFormat && Object.keys(responseFormat).length > 0 ? { response_format: responseFormat } : {}),
  };
  if (Object.keys(extra).length === 0) return messages;
  const [first, ...rest] = messages;
  if (first?.role === "system") return [{ ...first, ...extra }, ...rest];
  return [{ role: "system", content: "", ...extra }, ...messages];
}
