import { expect, test } from "vitest";
import { scriptedPolicy } from "../rollout/scripted-policy.js";
import { createRolloutSource } from "./create-rollout-source.js";
import { readPractices } from "./practice.js";

const tasks = { tasksets: { sorting: { modes: ["chat"], levels: [0, 1] } } };

test.each([
  [{}, /tasksets/],
  [{ tasksets: {} }, /at least one taskset/],
  [{ tasksets: { sortin: {} } }, /no taskset sortin; there are .*sorting/],
  [{ tasksets: { sorting: { levels: [99] } } }, /tasksets\.sorting\.levels.*levels 0 to/],
  [{ tasksets: { sorting: { mode: "chat" } } }, /mode/],
])("tasks that cannot be practised are refused by field: %j", (bad, message) => {
  expect(() => createRolloutSource(bad)).toThrow(message);
});

test("a source that was restored goes on where the other stood", () => {
  const source = createRolloutSource({ ...tasks, curriculum: { low: 0.2, high: 0.8 } });
  source.restore({ levels: { "sorting/chat": 1 } });
  expect(source.state()).toEqual({ levels: { "sorting/chat": 1 } });
  source.restore(null);
  expect(source.state()).toEqual({ levels: { "sorting/chat": 1 } });
});

test("held-out tasks are the same ones of all levels, wherever the curriculum is", async () => {
  const source = createRolloutSource({ ...tasks, curriculum: { low: 0.2, high: 0.8 } });
  const policy = scriptedPolicy({ says: () => "1 2 3" });
  const request = { seed: 1, perSet: 6, sampling: { temperature: 1, topP: 1, topK: 0 } };
  const early = (await source.evaluate(request, policy)).map(({ task }) => [task.level, task.key]);
  source.restore({ levels: { "sorting/chat": 1 } });
  const late = (await source.evaluate(request, policy)).map(({ task }) => [task.level, task.key]);
  expect(early.map(([level]) => level)).toEqual([0, 1, 0, 1, 0, 1]);
  expect(late).toEqual(early);
});

test("a recipe's rewards stand behind every taskset's own, and right still beats wrong", () => {
  const { all } = readPractices({ ...tasks, rewards: { length: 0.2, language: 0.1 } });
  expect(all[0]!.taskset.rubric.map(({ name, weight }) => [name, weight])).toEqual([
    ["correct", 1],
    ["language", 0.1],
    ["length", -0.2],
  ]);
  expect(() => readPractices({ ...tasks, rewards: { length: 1 } })).toThrow(/rewards\.length/);
});
