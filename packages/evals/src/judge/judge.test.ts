import { type ChatModel, createScriptedModel } from "@cachalot/chat";
import { expect, test } from "vitest";
import { benchmarkNamed } from "../benchmarks/index.js";
import { calibrateOn } from "./calibrate.js";
import { modelJudge } from "./judge.js";

/** A judge that knows the truth and finds it under either letter. */
const honest = (truth: (asked: string) => boolean): ChatModel =>
  createScriptedModel({
    turns: ({ messages }) => {
      const asked = messages[0]!.content!;
      const yesFirst = /Statement A: The given answer is the right answer/.test(asked);
      return truth(asked) === yesFirst ? "A" : "B";
    },
  });
const sameText = (asked: string): boolean => {
  const [, gold] = /right answer: (".*")/.exec(asked)!;
  return asked.includes(`given answer: ${gold}`);
};
const request = { seed: 0, limit: 20 };

test("a judge that knows the truth is not wrong, one with a favourite letter cannot tell, a coin is refused", async () => {
  const math = benchmarkNamed("math-500");
  expect(await calibrateOn(modelJudge(honest(sameText)), math, request, 40)).toMatchObject({
    ...{ asked: 40, unsure: 0, error: 0 },
    interval: [0, expect.closeTo(0.0876, 3)],
  });
  const favourite = modelJudge(createScriptedModel({ turns: () => "A" }));
  await expect(calibrateOn(favourite, math, request, 40)).rejects.toThrow(/wrong on 0 of 0.*cannot tell on 40.*better/);
  let turn = 0;
  const coin = modelJudge(honest(() => (Math.floor(turn++ / 2) * 7) % 3 === 0));
  await expect(calibrateOn(coin, math, request, 40)).rejects.toThrow(/is wrong on \d+ of 40 planted/);
  await expect(calibrateOn(coin, benchmarkNamed("humaneval"), request, 40)).rejects.toThrow(/nothing that a judge/);
});

test.each([
  ["A", "B", true],
  ["**B**", "Answer A.", false],
  ["<think>B</think>A\nbecause", "b", true],
  ["A", "A", undefined],
  ["Both", "B", undefined],
  ["A cat", "B", undefined],
])("said %j, then %j: %j", async (first, second, verdict) => {
  const judge = modelJudge(createScriptedModel({ turns: [first, second] }));
  expect(await judge.asks({ about: { x: "y" }, yes: "yes", no: "no" })).toBe(verdict);
});

test("what no rule decides goes to the judge, and what a rule decides does not", async () => {
  const benchmark = benchmarkNamed("final-answers");
  const item = {
    id: "1",
    messages: [{ role: "user" as const, content: "Which sea?" }],
    gold: "1/2x",
    data: { gold: "1/2x" },
  };
  const answered = (content: string) => ({ message: { role: "assistant" as const, content }, messages: [] });
  const model = createScriptedModel({ turns: ["A", "B"] });
  const company = { judge: modelJudge(model) };
  expect(await benchmark.grade(answered("\\boxed{1/(2x)}"), item)).toMatchObject({ verdict: "not measured" });
  expect(await benchmark.grade(answered("\\boxed{1/(2x)}"), item, company)).toMatchObject({ verdict: "right" });
  expect(await benchmark.grade(answered("\\boxed{7}"), item, company)).toMatchObject({ verdict: "wrong" });
  expect(model.requests.length).toBe(2);
});
