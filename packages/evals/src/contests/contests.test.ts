import fc from "fast-check";
import { expect, test } from "vitest";
import { PUBLISHED_CONTESTS } from "../tables/published.js";
import { compareStandings, icpcRank, icpcStanding } from "./icpc.js";
import { ioiScores } from "./ioi.js";
import { standingOf } from "./medal.js";
import { contestNamed } from "./named.js";

test("published totals and medals are those of the recorded marks", () => {
  for (const { contest, marks, published } of PUBLISHED_CONTESTS) {
    const { total, most, medal } = standingOf(contest, marks);
    expect({ total, most }).toEqual({ total: published.total, most: published.most });
    if (medal) expect(medal).toBe(published.medal);
  }
});

test("a medal needs its cut-off, and marks must be the contest's", () => {
  const contest = { name: "x", most: 7, problems: 2, cutoffs: { gold: 12, silver: 8, bronze: 4 } };
  expect(
    [12, 11, 8, 7, 4, 3].map((total) => standingOf(contest, [Math.min(7, total), Math.max(0, total - 7)]).medal),
  ).toEqual(["gold", "silver", "silver", "bronze", "bronze", "none"]);
  expect(() => standingOf(contest, [7])).toThrow(/2 problems, not 1/);
  expect(() => standingOf(contest, [8, 0])).toThrow(/from 0 to 7, not 8/);
});

test("IOI: the best of each subtask over all submissions, but of the first 50", () => {
  expect(
    ioiScores([
      { task: "a", subtasks: [10, 0, 40] },
      { task: "b", subtasks: [5] },
      { task: "a", subtasks: [5, 20, 0] },
    ]),
  ).toEqual(
    new Map([
      ["a", 70],
      ["b", 5],
    ]),
  );
  const many = Array.from({ length: 50 }, () => ({ task: "a", subtasks: [1] }));
  expect(ioiScores([...many, { task: "a", subtasks: [100] }]).get("a")).toBe(1);
});

test("ICPC: rejected tries cost 20 minutes where the problem is solved, and nothing else", () => {
  const standing = icpcStanding([
    { problem: "A", minute: 10, accepted: false },
    { problem: "A", minute: 30, accepted: true },
    { problem: "A", minute: 40, accepted: false },
    { problem: "B", minute: 50, accepted: false },
    { problem: "C", minute: 60, accepted: true },
  ]);
  expect(standing).toEqual({ solved: 2, penalty: 30 + 20 + 60, last: 60 });
  const table = [
    { solved: 3, penalty: 500, last: 200 },
    { solved: 2, penalty: 110, last: 61 },
    { solved: 2, penalty: 100, last: 90 },
  ];
  expect(icpcRank(standing, table)).toBe(3);
});

test("ranks are an order", () => {
  const standings = fc.record({ solved: fc.nat(3), penalty: fc.nat(3), last: fc.nat(3) });
  fc.assert(
    fc.property(
      standings,
      standings,
      (a, b) =>
        Math.sign(compareStandings(a, b)) === -Math.sign(compareStandings(b, a)) || compareStandings(a, b) === 0,
    ),
  );
});

test("a contest is found by its name, and an unknown one lists them", () => {
  expect(contestNamed("imo-2025")).toMatchObject({ most: 7, problems: 6 });
  expect(() => contestNamed("imo-1900")).toThrow(/there are imo-2025, cmo-2025, ioi-2025, usamo-2025/);
});
