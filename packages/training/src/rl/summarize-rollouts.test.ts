import type { Rollout } from "@cachalot/chat";
import { expect, test } from "vitest";
import { summarizeRollouts } from "./summarize-rollouts.js";

const rollout = (id: number, domain: string, reward: number, rewards: Rollout["rewards"]): Rollout => ({
  ...{ id: `${id}`, group: domain, sample: id, reward, rewards, outcome: reward === 1 ? "solved" : "failed" },
  task: { taskset: `${domain}-tasks`, key: "k", domain, level: 0, mode: "chat", split: "train" },
  ...{ sequences: [], turns: 1, toolCalls: 0, messages: [], tools: [] },
  sampling: { temperature: 1, topP: 1, topK: 0, seed: 0 },
});

test("rollouts are summed up by domain and mode, and those the sandbox judged again are counted", () => {
  const summary = summarizeRollouts([
    rollout(0, "coding", 1, { correct: 1, sandbox: 1 }),
    rollout(1, "coding", 0, { correct: 0, sandbox: 0 }),
    rollout(2, "coding", 0, { correct: 0, sandbox: null }),
    rollout(3, "logic", 1, { correct: 1 }),
  ]);
  expect(summary.byDomain).toEqual({
    "coding/chat": { rollouts: 3, reward: 1 / 3, pass1: 1 / 3 },
    "logic/chat": { rollouts: 1, reward: 1, pass1: 1 },
  });
  expect(summary.rechecked).toEqual({ rollouts: 2, disagreeing: 1 });
  expect(summarizeRollouts([rollout(0, "logic", 1, { correct: 1 })])).not.toHaveProperty("rechecked");
});
