/** Which reasoning of a conversation goes back to the model: the versions of DeepSeek's contract. */

import { findLastUserIndex } from "../codec/encode-messages.js";
import type { AssistantMessage, ChatMessage } from "../messages.js";

/**
 * - `v3.2-paper`: reasoning before the last user message is dropped (what the authors' encoder renders).
 * - `v3.2-api`: the same, and every assistant message after the last user message must carry the field, or the API
 *   answers 400 "Missing `reasoning_content`"; an empty string does.
 * - `v4-api`: reasoning of a turn that called tools stays for good and must carry the field; that of other turns is
 *   dropped once a user message follows (api-docs.deepseek.com, "Thinking Mode").
 * - `all`: all reasoning stays, as models want it whose template decides for itself (GLM-5's preserved thinking, Kimi K3).
 */
export const RETENTION_POLICIES = ["v3.2-paper", "v3.2-api", "v4-api", "all"] as const;
export type RetentionPolicy = (typeof RETENTION_POLICIES)[number];

function withoutReasoning(message: AssistantMessage): AssistantMessage {
  const { reasoning_content: _, ...rest } = message;
  return rest;
}

/** For each message, whether its turn (from one user message to the next) has tool calls. */
function turnsWithCalls(messages: readonly ChatMessage[]): boolean[] {
  const turn: number[] = [];
  const calling = new Set<number>();
  let current = 0;
  for (const message of messages) {
    if (message.role === "user" || message.role === "developer") current++;
    if (message.role === "assistant" && message.tool_calls?.length) calling.add(current);
    turn.push(current);
  }
  return turn.map((number) => calling.has(number));
}

/**
 * Which assistant messages keep their reasoning under a policy, by index. False for every other role.
 */
export function keepsReasoning(messages: readonly ChatMessage[], policy: RetentionPolicy): boolean[] {
  const lastUser = policy === "all" ? -1 : findLastUserIndex(messages);
  const calling = policy === "v4-api" ? turnsWithCalls(messages) : [];
  return messages.map(({ role }, index) => role === "assistant" && (index > lastUser || (calling[index] ?? false)));
}

/**
 * The conversation as a policy wants it sent: reasoning dropped where it says so, and an empty `reasoning_content`
 * where it demands a field the message lacks. Contents, calls and results never change.
 */
export function applyRetention(messages: readonly ChatMessage[], policy: RetentionPolicy): ChatMessage[] {
  const keeps = keepsReasoning(messages, policy);
  return messages.map((message, index) => {
    if (message.role !== "assistant") return message;
    if (!keeps[index]) return withoutReasoning(message);
    if (policy === "v3.2-paper" || policy === "all" || typeof message.reasoning_content === "string") return message;
    return { ...message, reasoning_content: "" };
  });
}
