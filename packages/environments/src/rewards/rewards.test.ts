import fc from "fast-check";
import { expect, test } from "vitest";
import { defineTaskset, withRewards } from "../define-taskset.js";
import { playMessages } from "../demonstration.js";
import { finished } from "../testing/finished.js";
import { constraintRewards } from "./constraints.js";
import { exactAnswer } from "./exact-answer.js";
import { languageConsistency } from "./language-consistency.js";
import { lengthPenalty } from "./length-penalty.js";
import { listFunctionTests } from "./list-functions.js";
import { mathEquivalence } from "./math-equivalence.js";
import { pythonTests } from "./python-tests.js";
import { unitTests } from "./unit-tests.js";

test("an exact answer may be spaced otherwise, and is one of those expected", () => {
  const reward = exactAnswer<string[]>((data) => data);
  expect(reward.score(finished(" 1  2\n3 ", ["1 2 3"]), {})).toBe(1);
  expect(reward.score(finished("b", ["a", "b"]), {})).toBe(1);
  expect(reward.score(finished("B", ["a", "b"]), {})).toBe(0);
  expect(reward.score(finished("123", ["1 2 3"]), {})).toBe(0);
});

test("no answer is never right, not even where nothing is expected", () => {
  for (const answer of [undefined, "", "  \n"]) {
    expect(exactAnswer(() => "").score(finished(answer, 0), {})).toBe(0);
    for (const reward of constraintRewards(() => [{ criterion: "anything", check: () => true }]))
      expect(reward.score(finished(answer, 0), {})).toBe(0);
  }
});

test("math equivalence compares values, and is null where the expected one is not understood", () => {
  const reward = mathEquivalence<string>((data) => data);
  expect(reward.score(finished("$\\frac{1}{2}$", "0.5"), {})).toBe(1);
  expect(reward.score(finished("0.49999999999999999", "1/2"), {})).toBe(0);
  expect(reward.score(finished("1", "the root"), {})).toBe(null);
  expect(reward.score(finished("y=3", "x=3"), {})).toBe(0);
  expect(reward.score(finished("1", "0^0"), {})).toBe(null);
  expect(mathEquivalence(() => "1", { equivalent: () => true, weight: 2 })).toMatchObject({
    name: "correct",
    weight: 2,
  });
});

test("no answer and prose are wrong; mathematics that cannot be read is not measured, or wrong where the task says so", () => {
  const [lenient, strict] = [
    mathEquivalence<string>((data) => data),
    mathEquivalence<string>((data) => data, { unreadable: 0 }),
  ];
  for (const answer of ["", "  ", "I do not know.", "TODO", "?"])
    for (const reward of [lenient, strict]) expect(reward.score(finished(answer, "12"), {}), answer).toBe(0);
  for (const answer of ["\\sum_{k=1}^{3} 2k", "12 (see above)", "9^9^9^9"]) {
    expect(lenient.score(finished(answer, "12"), {})).toBe(null);
    expect(strict.score(finished(answer, "12"), {})).toBe(0);
  }
});

test("unit tests want every example; a program that throws fails", () => {
  const examples = [1, 2].map((input) => ({ input, output: input + 1 }));
  const reward = unitTests<null>(
    (program) => (program === "none" ? undefined : (input) => fragile(program, input)),
    () => examples,
  );
  const fragile = (program: string, input: unknown) => {
    if (program === "throws") throw new Error("no");
    return program === "adds" ? (input as number) + 1 : 2;
  };
  expect(["adds", "two", "throws", "none"].map((program) => reward.score(finished(program, null), {}))).toEqual([
    1, 0, 0, 0,
  ]);
});

test("list functions and Python expressions are run on the examples", () => {
  const examples = () => [{ input: [3, 1, 2], output: [2, 4, 6] }];
  const lists = listFunctionTests(examples);
  expect(lists.score(finished("sort double", 0), {})).toBe(1);
  expect(lists.score(finished("double", 0), {})).toBe(0);
  expect(lists.score(finished("sort, double", 0), {})).toBe(0);
  const python = pythonTests(examples);
  expect(python.score(finished("[v * 2 for v in sorted(x)]", 0), {})).toBe(1);
  expect(python.score(finished("[2, 4, 6]", 0), {})).toBe(1);
  expect(python.score(finished("sorted(x", 0), {})).toBe(0);
  expect(python.score(finished("__import__('os')", 0), {})).toBe(0);
});

test("all instructions are followed, or a share of them by weight", () => {
  const constraints = () => [
    { criterion: "lower case", check: (text: string) => text === text.toLowerCase(), weight: 3 },
    { criterion: "short", check: (text: string) => text.length < 5 },
  ];
  const [correct, followed] = constraintRewards(constraints);
  expect([correct!.weight, followed!.weight]).toEqual([1, 0]);
  expect([correct!, followed!].map((reward) => reward.score(finished("whale", 0), {}))).toEqual([0, 0.75]);
  expect([correct!, followed!].map((reward) => reward.score(finished("sea", 0), {}))).toEqual([1, 1]);
  expect(constraintRewards(constraints, { partial: true }).map(({ weight }) => weight)).toEqual([0, 1]);
});

test("right answers pay for their length, wrong ones nothing, and right beats wrong", () => {
  const penalty = lengthPenalty(0.2);
  expect(penalty.weight).toBe(-0.2);
  expect(penalty.score(finished("x", 0, { sampled: 25, budget: 100 }), { correct: 1 })).toBe(0.25);
  expect(penalty.score(finished("x", 0, { sampled: 500, budget: 100 }), { correct: 1 })).toBe(1);
  expect(penalty.score(finished("x", 0, { sampled: 25 }), { correct: 0 })).toBe(0);
  expect(penalty.score(finished("x", 0), {})).toBe(null);
  for (const lambda of [-0.1, 1, Number.NaN]) expect(() => lengthPenalty(lambda)).toThrow(/lambda must be in \[0, 1\)/);
});

test("a solved task with a length penalty stays solved and earns less", async () => {
  const taskset = withRewards(
    defineTaskset<null>({
      ...{ name: "echo", domain: "logic", description: "say x", levels: 1 },
      problem: (draw) => ({ key: `${draw.integer(0, 99)}`, prompt: "Say x.", data: null }),
      rubric: [exactAnswer(() => "x")],
      solve: () => ({ reasoning: "hm", answer: "x" }),
    }),
    [lengthPenalty(0.5)],
  );
  const task = taskset.draw({ split: "train", level: 0, mode: "chat", seed: 0 }) as never;
  const { outcome, reward, rewards } = await playMessages(taskset, task, [{ role: "assistant", content: "x" }]);
  expect(outcome).toBe("solved");
  expect(reward).toBeCloseTo(1 - 0.5 * rewards.length!);
  expect(reward).toBeLessThan(1);
});

test.each([
  ["Sort these.", "first the smallest", "1 2", 1],
  ["Sort these.", "сначала", "1 2", 0],
  ["Sort these.", "aaa ббб", "ok", 0.5],
  ["排序这些数字", "先找最小的", "好", 1],
  ["排序这些数字", "first", "好", 0],
  ["並べてください", "最小の数", "はい", 1],
  ["1 + 1 = ?", "что угодно", "2", 1],
  ["Sort these.", "", "", 1],
])("language of %s with thinking %s and answer %s: %d", (prompt, reasoning, answer, score) => {
  expect(languageConsistency().score(finished(answer, 0, { prompt, reasoning }), {})).toBe(score);
});

test("consistency is in [0, 1] for any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (prompt, reasoning) => {
      const score = languageConsistency().score(finished("a", 0, { prompt, reasoning }), {}) as number;
      expect(score >= 0 && score <= 1).toBe(true);
    }),
  );
});
