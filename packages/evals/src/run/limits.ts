/** Limits as the agent is told them: who does not know a deadline cannot keep it. */

import type { Item } from "../benchmark.js";

export function withLimits<D>(item: Item<D>, seconds: number): Item<D> {
  const { calls, tokens } = item.budget ?? {};
  const limits = [
    `${seconds} seconds`,
    ...(tokens === undefined ? [] : [`${tokens} tokens of yours`]),
    ...(calls === undefined ? [] : [`${calls} tool calls`]),
  ];
  const content = `This conversation ends after ${limits.join(", or ")}, your thinking included. What is not done by then is not done.`;
  const [first, ...rest] = item.messages;
  return first?.role === "system"
    ? { ...item, messages: [{ ...first, content: `${first.content ?? ""}\n\n${content}` }, ...rest] }
    : { ...item, messages: [{ role: "system", content }, ...item.messages] };
}
