import type { Rollout } from "@cachalot/chat";

/** So many rollouts of sorting in chat mode, the first of them solved: what a curriculum reads of them. */
export const endedRollouts = (level: number, solved: number, of: number): Rollout[] =>
  Array.from({ length: of }, (_, i) => ({
    task: { taskset: "sorting", mode: "chat", level },
    outcome: i < solved ? "solved" : "failed",
  })) as unknown as Rollout[];
