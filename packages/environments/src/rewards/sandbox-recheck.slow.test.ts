import { expect, test } from "vitest";
import { withRewards } from "../define-taskset.js";
import { playDemonstration, playMessages } from "../demonstration.js";
import type { Taskset } from "../taskset.js";
import { tasksetNamed } from "../tasksets/index.js";
import { SANDBOX_RECHECK, sandboxRecheck, withoutSandbox } from "./sandbox-recheck.js";

const required = process.env.CACHALOT_REQUIRE?.split(",").includes("sandbox") === true;
const missing = required ? undefined : await withoutSandbox();

const rechecked = (taskset: Taskset, share = 1) => withRewards(taskset, [sandboxRecheck(taskset.program!, share)]);

test.skipIf(missing).each(["python-expression", "bug-fix"])(
  "what the interpreter says of runs of %s real Python says too, of right ones and of spoilt ones",
  async (name) => {
    const taskset = rechecked(tasksetNamed(name));
    for (const level of [0, taskset.levels - 1]) {
      const task = await taskset.draw({ split: "heldout", level, mode: "chat", seed: 3 });
      const right = await playDemonstration(taskset, task, "terse");
      expect(right).toMatchObject({ outcome: "solved", reward: 1, rewards: { correct: 1, [SANDBOX_RECHECK]: 1 } });
      const spoilt = await playMessages(taskset, task, taskset.spoil(taskset.demonstrate(task, "terse"), task));
      expect(spoilt).toMatchObject({ reward: 0, rewards: { correct: 0, [SANDBOX_RECHECK]: 1 } });
    }
  },
);

test.skipIf(missing)("a judge that is wrong is found out, and the reward stays what it said", async () => {
  const named = tasksetNamed("python-expression");
  const lying = { ...named, rubric: [{ name: "correct", weight: 1, score: () => 1 }] };
  const taskset = rechecked(lying);
  const task = await taskset.draw({ split: "train", level: 1, mode: "chat", seed: 1 });
  const rollout = await playMessages(taskset, task, [{ role: "assistant", content: "x + 100" }]);
  expect(rollout).toMatchObject({ outcome: "solved", reward: 1, rewards: { [SANDBOX_RECHECK]: 0 } });
});
