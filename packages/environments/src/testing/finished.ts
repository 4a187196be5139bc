import type { FinishedRollout } from "../reward.js";

/** A rollout that ended with this answer. */
export function finished<D>(
  content: string | undefined,
  data: D,
  change: { prompt?: string; reasoning?: string; sampled?: number; budget?: number } = {},
): FinishedRollout<D> {
  const { prompt = "Which?", reasoning, sampled = 10, budget = 100 } = change;
  const messages = [{ role: "user" as const, content: prompt }];
  return {
    task: {
      ...{ taskset: "testing", domain: "logic", key: "k", level: 0, mode: "thinking", split: "train" },
      ...{ messages, tools: [], budget: { tokens: budget, calls: 0 }, data },
    },
    messages,
    answer:
      content === undefined
        ? undefined
        : { role: "assistant", content, ...(reasoning === undefined ? {} : { reasoning_content: reasoning }) },
    environment: { tools: [], close: () => {} },
    tokens: { sampled, reasoning: 0 },
    toolCalls: 0,
    overlong: false,
  };
}
