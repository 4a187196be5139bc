/** Names by which an assistant message is known again when a client sends it back without its reasoning. */

import { createHash } from "node:crypto";
import type { AssistantMessage, ChatMessage, ToolCall } from "@cachalot/chat";

export interface TurnKeys {
  /** The message and all before it back to its user message: one place in one conversation. */
  turn: string;
  /** Each tool call by its id and what it calls: known even when the client edited what came before. */
  calls: string[];
  /** Each call whose id nothing else has, by that alone: known even when the client's schema changed its arguments. */
  ids: string[];
  /** The message by itself. */
  content: string;
}

const digest = (prefix: string, ...parts: readonly string[]): string =>
  `${prefix}${createHash("sha256").update(JSON.stringify(parts)).digest("base64url")}`;

/** Clients parse and rewrite arguments; spaces and escapes must not matter. */
function sameArguments(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return json;
  }
}

const callText = ({ function: { name, arguments: json } }: ToolCall): string =>
  JSON.stringify([name, sameArguments(json)]);

/** What of a message a client can be trusted to send back. */
function essence(message: ChatMessage): string[] {
  const calls = message.role === "assistant" ? (message.tool_calls ?? []) : [];
  return [message.role, (message.content ?? "").trim(), ...calls.map(callText)];
}

/** An id made at random, not one that is counted: hosts that count say `call_0` in every conversation. */
const RANDOM_ID = /(?=.*\d)[0-9A-Za-z]{12,}/;

function keysOf(message: AssistantMessage, turn: string): TurnKeys {
  const calls: string[] = [];
  const ids: string[] = [];
  for (const call of message.tool_calls ?? []) {
    if (call.id === undefined) continue;
    calls.push(digest("c", call.id, callText(call)));
    if (RANDOM_ID.test(call.id)) ids.push(digest("i", call.id, call.function.name));
  }
  return { turn, calls, ids, content: digest("m", ...essence(message)) };
}

/** The keys of each assistant message, by index; undefined for other roles. Linear in the conversation. */
export function turnKeys(messages: readonly ChatMessage[]): (TurnKeys | undefined)[] {
  let chain = "";
  return messages.map((message) => {
    if (message.role === "system") return undefined;
    if (message.role === "user" || message.role === "developer") chain = "";
    chain = digest("t", chain, ...essence(message));
    return message.role === "assistant" ? keysOf(message, chain) : undefined;
  });
}
