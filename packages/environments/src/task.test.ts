import { expect, test } from "vitest";
import { type Task, taskOf } from "./task.js";

test("a rollout keeps which task it tried, and nothing of the solution", () => {
  const task: Task = {
    taskset: "sorting",
    domain: "logic",
    key: "3142",
    level: 1,
    mode: "thinking",
    split: "heldout",
    messages: [{ role: "user", content: "Sort 3 1 4 2." }],
    tools: [],
    budget: { tokens: 100, calls: 0 },
    data: { solution: "1 2 3 4" },
  };
  expect(taskOf(task)).toEqual({
    taskset: "sorting",
    domain: "logic",
    key: "3142",
    level: 1,
    mode: "thinking",
    split: "heldout",
  });
});
