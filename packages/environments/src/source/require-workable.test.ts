import { expect, test } from "vitest";
import { defineTaskset, type TasksetDefinition } from "../define-taskset.js";
import { correct } from "../rewards/correct.js";
import { TASKSETS } from "../tasksets/index.js";
import { requireWorkable } from "./require-workable.js";

const definition: TasksetDefinition<{ n: number }> = {
  ...{ name: "echo", domain: "logic", description: "say the number", levels: 2, modes: ["chat"] },
  problem: (draw, level) => {
    const n = draw.integer(0, 99 + level);
    return { key: String(n), prompt: `Say ${n}`, data: { n } };
  },
  rubric: [correct((answer, { n }) => answer === String(n))],
  solve: ({ n }) => ({ reasoning: "", answer: String(n) }),
};

const boom = (): never => {
  throw new Error("no room");
};

const check = (changes: Partial<typeof definition> = {}) => {
  const taskset = defineTaskset({ ...definition, ...changes });
  return requireWorkable([{ taskset, mode: "chat", levels: [0, 1], weight: 1 }]);
};

test("tasksets that work are let through: every one there is", async () => {
  await check();
  await requireWorkable(
    TASKSETS.flatMap((taskset) => taskset.modes.map((mode) => ({ taskset, mode, levels: [0], weight: 1 }))),
  );
});

test.each([
  [{ problem: boom }, /tasksets\.echo: no train task of level 0 can be drawn: no room; leave the level out/],
  [
    { problem: () => ({ key: "1", prompt: "Say 1", data: { n: 1 } }) },
    /no (train|heldout) task of level 0 can be drawn: .*more different keys/,
  ],
  [{ open: boom }, /ends as tool-error \(opening the environment: no room\); mend its environment/],
  [{ rubric: [correct<{ n: number }>(boom)] }, /ends as grader-error \(reward correct: no room\); mend its reward/],
  [
    { rubric: [{ name: "nan", weight: 1, score: () => Number.NaN }] },
    /ends as grader-error \(reward nan could not judge\); mend its reward/,
  ],
])("what cannot work is refused with the field: %j", async (changes, message) => {
  await expect(check(changes)).rejects.toMatchObject({
    code: "invalid_task",
    message: expect.stringMatching(message),
  });
});
