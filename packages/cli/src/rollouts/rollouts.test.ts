import type { Rollout } from "@cachalot/chat";
import { expect, test } from "vitest";
import { isWanted } from "./find-rollouts.js";
import { linesOf, sideBySide } from "./side-by-side.js";

const rollout: Rollout = {
  ...{
    id: "1-0-0-0",
    group: "g",
    sample: 0,
    reward: 0.5,
    rewards: { correct: 0.5, language: null },
    outcome: "failed",
  },
  task: { taskset: "sorting", key: "k", domain: "logic", level: 0, mode: "thinking", split: "train" },
  ...{ sequences: [], turns: 1, toolCalls: 1, tools: [] },
  sampling: { temperature: 1, topP: 1, topK: 0, seed: 0 },
  messages: [
    { role: "user", content: "Sort 2 1" },
    {
      ...{ role: "assistant", content: "1 2", reasoning_content: "a\nb" },
      tool_calls: [{ function: { name: "find", arguments: "{}" } }],
    },
  ],
};

test("rollouts are wanted by taskset, outcome and bounds of the reward, which leave out what was not judged", () => {
  expect(isWanted(rollout, {})).toBe(true);
  expect(isWanted(rollout, { taskset: "sorting", outcome: "failed", minReward: 0.5, maxReward: 0.5 })).toBe(true);
  expect(isWanted(rollout, { taskset: "sudoku" })).toBe(false);
  expect(isWanted(rollout, { outcome: "solved" })).toBe(false);
  expect(isWanted(rollout, { minReward: 0.6 })).toBe(false);
  const unjudged = { ...rollout, reward: null };
  expect([isWanted(unjudged, {}), isWanted(unjudged, { maxReward: 1 })]).toEqual([true, false]);
});

test("two conversations stand side by side, thinking barred, calls with arrows, long lines wrapped", () => {
  expect(linesOf(rollout)).toEqual([
    ...["failed, reward 0.5 (correct 0.5, language unjudged)", "", "[user]", "Sort 2 1"],
    ...["", "[assistant]", "| a", "| b", "1 2", "-> find {}"],
  ]);
  expect(sideBySide(["abcdef", "g"], ["x"], 4)).toEqual(["abcd | x", "ef   |", "g    |"]);
});
