import type { AssistantMessage } from "@cachalot/chat";
import { expect, test } from "vitest";
import { defineTaskset, type TasksetDefinition } from "../define-taskset.js";
import { correct } from "../rewards/correct.js";
import { exactAnswer } from "../rewards/exact-answer.js";
import type { Taskset } from "../taskset.js";
import { checkTaskset } from "./check-taskset.js";

const definition: TasksetDefinition<number> = {
  ...{ name: "doubling", domain: "mathematics", description: "double a number", levels: 2 },
  problem(draw, level) {
    const number = draw.integer(10 ** (3 * level), 10 ** (3 * level + 3) - 1);
    return { key: `${number}`, prompt: `Double ${number}.`, data: number };
  },
  rubric: [exactAnswer((number) => `${2 * number}`)],
  solve: (number) => ({ reasoning: `${number} and ${number}`, answer: `${2 * number}` }),
};
const good = defineTaskset(definition);

test("a taskset that keeps the rules has nothing to mend", async () => {
  expect(await checkTaskset(good)).toEqual([]);
});

const broken: [string, Taskset, RegExp][] = [
  [
    "draws by chance",
    { ...good, draw: (request) => good.draw({ ...request, seed: Math.floor(1e9 * Math.random()) }) } as Taskset,
    /^the same request.*another one the next time/,
  ],
  [
    "keeps functions in its data",
    defineTaskset({
      ...definition,
      problem: (draw, level) => ({ ...definition.problem(draw, level), data: (() => 1) as never }),
    }),
    /^tasks are plain data/,
  ],
  [
    "ignores the split",
    { ...good, draw: (request) => ({ ...good.draw({ ...request, split: "train" }), split: request.split }) } as Taskset,
    /^splits never overlap.*on both sides/,
  ],
  [
    "gets easier",
    defineTaskset({ ...definition, problem: (draw, level) => definition.problem(draw, 1 - level) }),
    /^levels grow: level 1/,
  ],
  [
    "demonstrates what is wrong",
    defineTaskset({ ...definition, solve: () => ({ reasoning: "", answer: "7" }) }),
    /^demonstrations.*failed, reward 0/,
  ],
  [
    "rewards anything",
    defineTaskset({ ...definition, rubric: [correct(() => true)] }),
    /^no answer.*a spoilt answer earns 1/,
  ],
  [
    "rewards silence",
    defineTaskset({ ...definition, rubric: [{ name: "any", weight: 1, score: () => 1 }] }),
    /^no answer.*an empty answer earns 1/,
  ],
  [
    "has a judge that throws",
    defineTaskset({
      ...definition,
      rubric: [
        correct(() => {
          throw new Error("no");
        }),
      ],
    }),
    /^demonstrations.*grader-error.*no/,
  ],
];

test.each(broken)("a taskset that %s is told so", async (_, taskset, message) => {
  expect((await checkTaskset(taskset)).filter((problem) => message.test(problem))).not.toEqual([]);
});

test("a demonstration that calls a tool which is not there does not solve its task", async () => {
  const calls: AssistantMessage = {
    ...{ role: "assistant", content: "" },
    tool_calls: [{ id: "c", type: "function", function: { name: "double", arguments: "{}" } }],
  };
  const { solve: _, ...rest } = definition;
  const taskset = defineTaskset({ ...rest, demonstrate: () => [calls] });
  expect((await checkTaskset(taskset)).filter((problem) => problem.startsWith("demonstrations"))).not.toEqual([]);
});
