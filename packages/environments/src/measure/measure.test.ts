import fc from "fast-check";
import { expect, test } from "vitest";
import { scriptedPolicy } from "../rollout/scripted-policy.js";
import type { Taskset } from "../taskset.js";
import { tasksetNamed } from "../tasksets/index.js";
import { type MeasureOptions, measurePolicy, type PassRate } from "./measure-policy.js";
import { wilsonInterval } from "./wilson-interval.js";

/** Solves what it is asked, by the taskset's own demonstration, but for every third task. */
async function twoOfThree(taskset: Taskset, options: MeasureOptions): Promise<PassRate[]> {
  const asked = new Map<string, string>();
  const drawn: Taskset = {
    ...taskset,
    async draw(request) {
      const task = await taskset.draw(request);
      asked.set(task.messages.at(-1)!.content!, taskset.demonstrate(task, "terse")[0]!.content!);
      return task;
    },
  };
  let answers = 0;
  const policy = scriptedPolicy({
    says(prompt) {
      const question = [...asked.keys()].find((text) => prompt.includes(text))!;
      return ++answers % 3 === 0 ? "no" : asked.get(question)!;
    },
  });
  const rows = [];
  for await (const row of measurePolicy({ ...options, policy, tasksets: [drawn] })) rows.push(row);
  return rows;
}

const options: MeasureOptions = {
  policy: scriptedPolicy({ says: () => "" }),
  ...{ tasksets: [], modes: ["chat"], levels: [0, 1, 99], count: 30, seed: 1 },
  sampling: { temperature: 1, topP: 0.95, topK: 0 },
};

test("pass@1 is the share of different held-out tasks that were solved, level by level", async () => {
  const rows = await twoOfThree(tasksetNamed("sorting"), options);
  expect(rows.map(({ taskset, mode, level }) => [taskset, mode, level])).toEqual([
    ["sorting", "chat", 0],
    ["sorting", "chat", 1],
  ]);
  for (const row of rows) {
    expect(row).toMatchObject({ tasks: 30, solved: 20, passAt1: 2 / 3, notMeasured: 0, overlong: 0 });
    expect(row.interval).toEqual(wilsonInterval(20, 30));
    expect(row.tokens).toBeGreaterThan(1);
    // "no" is one token; lists of digits are several.
    expect(row.solvedTokens).toBeGreaterThan(row.tokens);
  }
});

test("what a judge cannot judge is not measured: neither solved nor failed", async () => {
  const broken: Taskset = {
    ...tasksetNamed("sorting"),
    rubric: [{ name: "correct", weight: 1, score: () => null }],
  };
  const [row] = await twoOfThree(broken, { ...options, levels: [0] });
  expect(row).toMatchObject({ tasks: 0, solved: 0, notMeasured: 30, interval: [0, 1], solvedTokens: null });
});

test("a Wilson interval holds the share, stays in [0, 1] and narrows with trials", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0, max: 1, noNaN: true }), (trials, share) => {
      const successes = Math.round(share * trials);
      const [low, high] = wilsonInterval(successes, trials);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(successes / trials + 1e-12);
      expect(high).toBeGreaterThanOrEqual(successes / trials - 1e-12);
      const [lower, higher] = wilsonInterval(successes * 4, trials * 4);
      expect(higher - lower).toBeLessThan(high - low);
    }),
  );
  // Wilson (1927), as R's prop.test(15, 50, correct = FALSE) has it.
  const [low, high] = wilsonInterval(15, 50);
  expect(low).toBeCloseTo(0.191, 4);
  expect(high).toBeCloseTo(0.4375, 4);
});
