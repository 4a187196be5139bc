import { expect, test } from "vitest";
import { formatFunnel, funnelOf, type ItemReport } from "./funnel.js";
import { withoutDuplicates } from "./run/duplicates.js";

const stage = (entered: number, passed: number) => ({ entered, passed, seconds: 2, tokens: 0, cost: 0 });
const report = (key: string, textKey: string, patchKey?: string): ItemReport => ({
  ...{ key, stages: [["draw", stage(2, 1)]], drops: [{ stage: "draw", reason: "too-easy", detail: "" }] },
  kept: [{ id: `task-${key}`, textKey, ...(patchKey === undefined ? {} : { patchKey }) }],
});

test("stages add up in their order, and drops by their reasons", () => {
  const funnel = funnelOf("demo", [report("a", "1"), report("b", "2"), { key: "c", stages: [], drops: [], kept: [] }]);
  expect(funnel).toMatchObject({ seeds: 3, kept: 2, seconds: 4, secondsPerTask: 2 });
  expect(funnel.stages).toEqual([{ name: "draw", ...stage(4, 2), seconds: 4, drops: { "too-easy": 2 } }]);
  expect(formatFunnel(funnel)).toMatch(
    /draw +4 +2 +4\.0\n +too-easy +-2\ndemo: 2 tasks of 3 seeds, 4\.0 s, 2\.00 s a task\n$/,
  );
});

test("of tasks that are the same, the one of the first seed stays, however often this is done", () => {
  const reports = [report("a", "1", "p"), report("b", "2", "p"), report("c", "1"), report("d", "3")];
  const { reports: unique, removed } = withoutDuplicates(reports);
  expect(unique.flatMap(({ kept }) => kept.map(({ id }) => id))).toEqual(["task-a", "task-d"]);
  expect(removed).toEqual([
    { id: "task-b", of: "task-a" },
    { id: "task-c", of: "task-a" },
  ]);
  expect(unique[1]!.drops).toContainEqual({ stage: "duplicates", reason: "same-patch", detail: "task-b is task-a" });
  expect(withoutDuplicates(reports)).toEqual({ reports: unique, removed });
});

test("a run without tasks has no seconds a task", () => {
  const funnel = funnelOf("demo", []);
  expect(funnel.secondsPerTask).toBeNull();
  expect(formatFunnel(funnel)).toContain("0 tasks of 0 seeds");
});
