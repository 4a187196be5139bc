import fc from "fast-check";
import { expect, test } from "vitest";
import { defineTaskset, type TasksetDefinition, withRewards } from "./define-taskset.js";
import { splitOf } from "./draw-task.js";
import { exactAnswer } from "./rewards/exact-answer.js";

const definition: TasksetDefinition<number> = {
  name: "doubling",
  domain: "mathematics",
  description: "double a number",
  levels: 2,
  problem(draw, level) {
    const number = draw.integer(0, 10 ** (level + 1) - 1);
    return { key: `${number}`, prompt: `Double ${number}.`, data: number };
  },
  rubric: [exactAnswer((number) => `${2 * number}`)],
  solve: (number) => ({ reasoning: `${number} and ${number}`, answer: `${2 * number}` }),
};
const doubling = defineTaskset(definition);

test("the same request gives the same task, and the mode changes nothing in its problem", () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom("train", "heldout"), fc.nat(1), (seed, split, level) => {
      const request = { split, level, seed, mode: "thinking" } as const;
      expect(doubling.draw(request)).toEqual(doubling.draw(request));
      expect(doubling.draw({ ...request, mode: "chat" })).toMatchObject({ key: doubling.draw(request).key });
    }),
  );
});

test("a task is on the side of the split where its key belongs", () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom("train", "heldout"), (seed, split) => {
      const { key } = doubling.draw({ split, level: 0, seed, mode: "chat" });
      expect(splitOf("doubling", key)).toBe(split);
    }),
  );
});

test("a demonstration thinks in thinking mode only, and its task has tokens for it", () => {
  const request = { split: "train", level: 1, seed: 1 } as const;
  const task = doubling.draw({ ...request, mode: "thinking" });
  const [thinking] = doubling.demonstrate(task, "terse");
  expect(thinking).toMatchObject({ reasoning_content: expect.stringContaining(" and "), content: expect.any(String) });
  expect(task.budget.tokens).toBeGreaterThan(thinking!.reasoning_content!.length + thinking!.content!.length);
  const [chat] = doubling.demonstrate(doubling.draw({ ...request, mode: "chat" }), "terse");
  expect(chat).not.toHaveProperty("reasoning_content");
});

test.each([
  [{ name: "Doubling 2" }, /lower-case words with dashes/],
  [{ levels: 0 }, /levels must be a whole number from 1/],
  [{ modes: [] }, /at least one mode/],
  [{ rubric: [] }, /nothing can be earned/],
  [{ rubric: [exactAnswer(() => ""), exactAnswer(() => "")] }, /two rewards are named correct/],
  [{ rubric: [exactAnswer(() => "", Number.NaN)] }, /finite weight/],
  [{ demonstrate: () => [] }, /either solve or demonstrate/],
])("a definition that cannot work is refused: %o", (change, message) => {
  expect(() => defineTaskset({ ...definition, ...change })).toThrow(message);
});

test.each([
  [{ level: 2 }, /levels 0 to 1, not 2/],
  [{ level: 0.5 }, /levels 0 to 1, not 0.5/],
  [{ seed: -1 }, /seed must be a whole number from 0/],
])("a request outside the taskset is refused: %o", (change, message) => {
  expect(() => doubling.draw({ split: "train", level: 0, seed: 0, mode: "chat", ...change })).toThrow(message);
});

test("a mode that the taskset has not is refused", () => {
  const chatOnly = defineTaskset({ ...definition, modes: ["chat"] });
  expect(() => chatOnly.draw({ split: "train", level: 0, seed: 0, mode: "thinking" })).toThrow(/ask for chat/);
});

test("a level with one problem only is refused on the side where that is not", () => {
  const single = defineTaskset({ ...definition, problem: () => ({ key: "1", prompt: "Double 1.", data: 1 }) });
  const draws = (["train", "heldout"] as const).map(
    (split) => () => single.draw({ split, level: 0, seed: 0, mode: "chat" }),
  );
  const refused = draws.filter((draw) => {
    try {
      draw();
      return false;
    } catch (error) {
      expect(error).toMatchObject({ code: "invalid_task", message: expect.stringContaining("more different keys") });
      return true;
    }
  });
  expect(refused).toHaveLength(1);
});

test("rewards are added under names of their own", () => {
  const never = { name: "never", weight: 0, score: () => 0 };
  expect(withRewards(doubling, [never]).rubric.map(({ name }) => name)).toEqual(["correct", "never"]);
  expect(() => withRewards(doubling, [never, never])).toThrow(/two rewards are named never/);
});
