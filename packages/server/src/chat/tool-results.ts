/** Puts tool results in the order of their calls: the V3.2 format has no call ids, only order. */

import type { AssistantMessage, ChatMessage, ToolMessage } from "@cachalot/chat";
import { badRequest } from "../api-error.js";

function findCall(calls: { id?: string }[], result: ToolMessage, taken: ReadonlySet<number>, order: number): number {
  if (result.tool_call_id === undefined) return order;
  return calls.findIndex(({ id }, i) => id === result.tool_call_id && !taken.has(i));
}

function orderRun(assistant: AssistantMessage, results: readonly ToolMessage[], start: number): ToolMessage[] {
  const calls = assistant.tool_calls ?? [];
  const ordered = new Map<number, ToolMessage>();
  const taken = new Set<number>();
  for (const [i, result] of results.entries()) {
    const call = findCall(calls, result, taken, i);
    const param = `messages[${start + i}].tool_call_id`;
    if (call < 0 || call >= calls.length || taken.has(call)) {
      throw badRequest(
        `${param}: no open call of the assistant message before it has this id; send one result per call`,
        param,
      );
    }
    taken.add(call);
    ordered.set(call, result);
  }
  if (ordered.size < calls.length) {
    const param = `messages[${start - 1}].tool_calls`;
    throw badRequest(
      `${param}: ${calls.length} tool calls are followed by ${ordered.size} results; send one tool message per call`,
      param,
    );
  }
  return calls.map((_, i) => ordered.get(i)).filter((result) => result !== undefined);
}

/**
 * Orders the tool messages after each assistant message by its calls. Results without `tool_call_id` stay in place.
 * @throws ApiError 400 for a result of no call, and for a call without a result.
 */
export function orderToolResults(messages: readonly ChatMessage[]): ChatMessage[] {
  const out: ChatMessage[] = [];
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i];
    if (message === undefined) continue;
    out.push(message);
    if (message.role !== "assistant" || !message.tool_calls?.length) continue;
    const results: ToolMessage[] = [];
    for (let next = messages[i + 1]; next?.role === "tool"; next = messages[i + 1 + results.length]) results.push(next);
    out.push(...orderRun(message, results, i + 1));
    i += results.length;
  }
  return out;
}
