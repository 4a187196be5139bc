import type { ChatMessage, RolloutTask, ThinkingMode, ToolDefinition } from "@cachalot/chat";

/** The report's domains: six of specialists, and alignment, which joins them in the mixed stage. */
export const DOMAINS = ["mathematics", "programming", "logic", "agent", "coding", "search", "alignment"] as const;
export type Domain = (typeof DOMAINS)[number];

export type Split = "train" | "heldout";

/** A problem: what the policy reads first, what it may spend, and what the judge needs to know (`data`). Plain data. */
export interface Task<D = unknown> {
  taskset: string;
  domain: Domain;
  /** Unique in its taskset and made from the problem itself: equal problems have equal keys, and so one split. */
  key: string;
  /** Difficulty, from 0. */
  level: number;
  mode: ThinkingMode;
  split: Split;
  messages: readonly ChatMessage[];
  tools: readonly ToolDefinition[];
  /** `tokens`: sampled ones, all turns together. `calls`: of tools. */
  budget: { tokens: number; calls: number };
  data: D;
}

/** Which task is wanted. The same request gives the same task. */
export interface TaskRequest {
  split: Split;
  level: number;
  mode: ThinkingMode;
  seed: number;
}

/** What a rollout keeps of its task. */
export function taskOf({ taskset, key, domain, level, mode, split }: Task): RolloutTask {
  return { taskset, key, domain, level, mode, split };
}
