import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judge, type Outcome, outcomes, type TestResults } from "./verdict.js";

const results = (tests: Record<string, Outcome>): TestResults => ({
  ...{ built: true, build: [] },
  suites: [{ name: "s", exit: 0, ended: "exit", ms: 1, tests, tail: "" }],
});

const runs = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom<Outcome>("pass", "fail", "skip"), {
  noNullPrototype: true,
});

describe("judge", () => {
  it("puts a test into one list at most, and only tests that passed after into those that must pass", () => {
    fc.assert(
      fc.property(runs, runs, runs, runs, (parent, before, after, again) => {
        const verdict = judge([results(parent)], [results(before)], [results(after), results(again)]);
        const all = [...verdict.failToPass, ...verdict.passToPass, ...verdict.passToFail, ...verdict.flaky];
        expect(new Set(all).size).toBe(all.length);
        const passed = outcomes(results(after));
        for (const test of [...verdict.failToPass, ...verdict.passToPass]) expect(passed.get(test)).toBe("pass");
        for (const test of verdict.passToFail) expect(before[test.slice("s > ".length)]).toBe("pass");
        expect(verdict.failedBefore + verdict.missingBefore).toBe(verdict.failToPass.length);
      }),
    );
  });

  it("counts tests that failed and tests that were missing apart", () => {
    const verdict = judge([], [results({ a: "fail" })], [results({ a: "pass", b: "pass" })]);
    expect(verdict).toMatchObject({ failToPass: ["s > a", "s > b"], failedBefore: 1, missingBefore: 1 });
  });

  it("takes a test that a crash hid before, and that passed in the parent, as one that passed", () => {
    const verdict = judge([results({ old: "pass" })], [results({})], [results({ old: "pass", new: "pass" })]);
    expect(verdict).toMatchObject({ failToPass: ["s > new"], passToPass: ["s > old"] });
  });

  it("leaves out every test that ever changed", () => {
    const verdict = judge(
      [],
      [results({ a: "fail", b: "fail" })],
      [results({ a: "pass", b: "pass" }), results({ a: "fail", b: "pass" })],
    );
    expect(verdict).toMatchObject({ failToPass: ["s > b"], flaky: ["s > a"], flakeRate: 0.5 });
  });

  it("says that a test which is gone after the patch was broken by it", () => {
    expect(judge([], [results({ a: "pass" })], [results({})]).passToFail).toEqual(["s > a"]);
  });
});
