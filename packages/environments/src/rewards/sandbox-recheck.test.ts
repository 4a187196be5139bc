import { expect, test } from "vitest";
import { withRewards } from "../define-taskset.js";
import { playDemonstration } from "../demonstration.js";
import { readPractices } from "../source/practice.js";
import { tasksetNamed } from "../tasksets/index.js";
import { SANDBOX_RECHECK, sandboxRecheck } from "./sandbox-recheck.js";

test("a run outside the sample is not re-checked, and earns what it earned", async () => {
  const named = tasksetNamed("python-expression");
  const taskset = withRewards(named, [sandboxRecheck(named.program!, 0)]);
  const task = await taskset.draw({ split: "train", level: 0, mode: "chat", seed: 0 });
  expect(await playDemonstration(taskset, task, "terse")).toMatchObject({
    ...{ outcome: "solved", reward: 1 },
    rewards: { correct: 1, [SANDBOX_RECHECK]: null },
  });
});

test("a recipe re-checks tasksets that interpret Python here, and no others", () => {
  const parts = (tasks: object) =>
    readPractices(tasks).all.map(({ taskset }) => taskset.rubric.some(({ name }) => name === SANDBOX_RECHECK));
  const modes = { modes: ["chat"] };
  const tasksets = { "python-expression": modes, "bug-fix": modes, sorting: modes };
  expect(parts({ tasksets })).toEqual([true, true, false]);
  expect(parts({ tasksets, recheck: 0 })).toEqual([false, false, false]);
  expect(readPractices({ tasksets: { sorting: modes } }).rechecks).toBe(false);
  expect(() => readPractices({ tasksets, recheck: 2 })).toThrow(/recheck/);
});
