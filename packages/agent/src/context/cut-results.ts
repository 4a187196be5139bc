/** Truncation of tool results: one that cannot fit the window is cut, so that the model sees something of it. */

import type { ChatMessage } from "@cachalot/chat";
import { clip } from "../tools/clip.js";
import type { MessageEdit } from "./trajectory.js";

type ToolMessage = ChatMessage & { role: "tool" };

/** The index of the first result the model has not read yet; undefined when there is none. */
export function unreadResults(messages: readonly ChatMessage[]): number | undefined {
  const at = messages.findLastIndex(({ role }) => role !== "tool") + 1;
  return at < messages.length && at > 0 ? at : undefined;
}

/** The cap under which all sizes together are at most `total`: small ones are left as they are. */
function capFor(sizes: readonly number[], total: number): number {
  let left = total;
  const ascending = sizes.toSorted((a, b) => a - b);
  for (const [i, size] of ascending.entries()) {
    const share = left / (ascending.length - i);
    if (size > share) return share;
    left -= size;
  }
  return Infinity;
}

/**
 * Cuts the middle out of the longest results from index `at` on, until all of them have `budget` tokens at most. Each cut
 * result says so.
 *
 * @param count tokens of a text
 */
export function cutResults(
  messages: readonly ChatMessage[],
  at: number,
  budget: number,
  count: (text: string) => number,
): MessageEdit {
  const results = messages.slice(at) as ToolMessage[];
  const texts = results.map(({ content }) => content ?? "");
  const sizes = texts.map(count);
  for (let total = budget; ; total *= 0.8) {
    const cap = capFor(sizes, total);
    const cut = texts.map((text, i) => (sizes[i]! > cap ? shortened(text, cap / sizes[i]!) : text));
    const tokens = cut.reduce((sum, text) => sum + count(text), 0);
    if (tokens > budget && total > 16) continue;
    const insert = results.map((result, i) => ({ ...result, content: cut[i]! }));
    return { at, remove: results.length, insert };
  }
}

function shortened(text: string, share: number): string {
  const limit = Math.max(0, Math.floor(text.length * share) - 100);
  return `${clip(text, limit)}\n[This result was cut: all of it does not fit the context. Ask for a part of it.]`;
}
