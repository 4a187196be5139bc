import { Draw } from "@cachalot/tensor";
import { expect, test } from "vitest";
import type { ItemContext } from "../../pipeline.js";
import { withSandbox } from "../../testing/with-sandbox.js";
import { sameAnswer } from "./answers.js";
import { scriptedGuesses } from "./baseline.js";
import { GENERATORS } from "./generators/index.js";
import { interpreter } from "./interpreter.js";

const seedOf = (generator: string, seed = 5) => ({ key: `${generator}-0-0-0`, data: { generator, level: 0, seed } });
const drops: string[] = [];
const context: ItemContext = {
  ...{ cache: "", signal: new AbortController().signal, spend: () => {} },
  stage: async (name, work) => {
    try {
      return await work();
    } catch (error) {
      drops.push(`${name}: ${(error as Error).message}`);
      return undefined;
    }
  },
};

test("the same seed draws the same problem, another seed another", () => {
  for (const { problem } of GENERATORS) {
    expect(problem(new Draw(7), 1)).toEqual(problem(new Draw(7), 1));
    expect(problem(new Draw(7), 1).prompt).not.toBe(problem(new Draw(8), 1).prompt);
  }
});

test("answers are the same when they are the same number", () => {
  expect(sameAnswer("007", "7", "exact")).toBe(true);
  expect(sameAnswer("7.0", "7", "exact")).toBe(false);
  expect(sameAnswer("1.23456", "1.23457", "close")).toBe(true);
  expect(sameAnswer("1.2345", "1.2355", "close")).toBe(false);
  expect(sameAnswer("nan", "nan.", "close")).toBe(false);
});

test("a reader without tools may say any number of the text", () => {
  const problem = { prompt: "From 12 to 3.5", programs: ["", ""] as const, compare: "exact" as const, guesses: [99] };
  expect(scriptedGuesses(problem)).toEqual(expect.arrayContaining(["12", "3.5", "99", "0", "1"]));
});

withSandbox("problems in the notebook", () => {
  test.each(GENERATORS.map(({ name }) => name))("the two programs of %s agree", async (name) => {
    for await (const task of interpreter.candidates(seedOf(name), {}, context)) {
      expect(task.instance).toMatchObject({ kind: "interpreter", evidence: { programs_agree: true } });
      return;
    }
    expect(drops).toEqual([]);
  });
});
