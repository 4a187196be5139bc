/** Names by which an assistant message is known again when a client sends it back without its reasoning. */

import { createHash } from "node:crypto";
import type { AssistantMessage, ChatMessage, ToolCall } from "@cachalot/chat";

export interface TurnKeys {
  /** The message and all before it back to its user message: one place in one conversation. */
  turn: string;
  /** Each tool call by its id and what it calls: known even when the client edited what came before. */
  calls: string[];
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

function keysOf(message: AssistantMessage, turn: string): TurnKeys {
  const calls = (message.tool_calls ?? []).flatMap((call) =>
    call.id === undefined ? [] : [digest("c", call.id, callText(call))],
  );
  return { turn, calls, content: digest("m", ...essence(message)) };
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
