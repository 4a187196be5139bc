/** Full-text search in one conversation. */

import type { Conversation } from "../../wire/conversation.js";

const BEFORE = 30;
const AFTER = 70;

/** The surroundings of the first place that holds a text, case ignored; undefined where there is none. */
export function findIn({ title, messages }: Conversation, text: string): string | undefined {
  const wanted = text.toLowerCase();
  for (const part of [title, ...messages.flatMap(({ message }) => [message.content, message.reasoning_content])]) {
    if (typeof part !== "string") continue;
    const at = part.toLowerCase().indexOf(wanted);
    if (at >= 0) return surroundings(part, at, wanted.length);
  }
  return undefined;
}

function surroundings(text: string, at: number, length: number): string {
  const from = Math.max(0, at - BEFORE);
  const to = Math.min(text.length, at + length + AFTER);
  const middle = text.slice(from, to).replace(/\s+/g, " ").trim();
  return `${from > 0 ? "…" : ""}${middle}${to < text.length ? "…" : ""}`;
}
