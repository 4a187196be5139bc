import { expect, test } from "vitest";
import { createRolloutSource } from "./create-rollout-source.js";

const tasks = { tasksets: { sorting: { modes: ["chat"], levels: [0, 1] } } };

test.each([
  [{}, /tasksets/],
  [{ tasksets: {} }, /at least one taskset/],
  [{ tasksets: { sortin: {} } }, /no taskset sortin; there are sorting/],
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
