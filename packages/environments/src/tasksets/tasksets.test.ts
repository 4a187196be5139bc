import { describe, expect, test } from "vitest";
import { CONFORMANCE } from "../conformance/check-taskset.js";
import { DOMAINS } from "../task.js";
import { TASKSETS, tasksetNamed } from "./index.js";

describe.each(TASKSETS)("$name", (taskset) => {
  test.each(CONFORMANCE)("$name", async ({ check }) => {
    expect(await check(taskset)).toEqual([]);
  });

  test("has a name of its own and a domain of the report's", () => {
    expect(tasksetNamed(taskset.name)).toBe(taskset);
    expect(DOMAINS).toContain(taskset.domain);
  });
});

test("a name that no taskset has is refused with those there are", () => {
  expect(() => tasksetNamed("chess")).toThrow(/no taskset chess; there are arithmetic, countdown/);
});
