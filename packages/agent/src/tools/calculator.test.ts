import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { calculate, calculatorDefinition } from "./calculator.js";

test.each([
  ["347 * 58", "20126"],
  ["(3 + 4) * 12", "84"],
  ["0.1 + 0.2", "0.3"],
  ["123456 * 1000", "123456000"],
  ["99999 * 99999", "9999800001"],
  ["10 / 4", "2.5"],
  ["1 / 3", "0.33333333333333"],
  ["12 - 20", "-8"],
  ["2^10 % 7", "2"],
  ["sqrt(2)", "1.4142135623731"],
  ["round(2.567, 1) * 1e3", "2600"],
])("%s = %s", (expression, result) => {
  expect(calculate(expression)).toBe(result);
});

test.each([
  "a = 3",
  "f(x) = x",
  "zeros(1000000)",
  'evaluate("1")',
  'parse("1")',
  "[1, 2]",
  "2 inch",
  "1; 2",
  "(2).constructor",
  "",
  "1 +",
  "1 / 0",
  "0 / 0",
  "sqrt(-1)",
  `${"1".repeat(400)}x`,
  "1".repeat(501),
  5,
])("%j is refused with an explanation", (expression) => {
  expect(calculate(expression)).toMatch(/^Error: /);
});

test("it never throws, and answers a plain number or an error", () => {
  const piece = fc.constantFrom(..."0123456789.+-*/%^(), ".split(""), "sqrt", "round", "pi", "e");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      expect(calculate(pieces.join(""))).toMatch(/^(-?\d+(\.\d+)?(e[+-]\d+)?|Error: .*)$/s);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test("the embedded model is trained with this very definition", async () => {
  const recipe = new URL("../../../../recipes/embedded/data.json", import.meta.url);
  const { chat } = JSON.parse(await readFile(recipe, "utf8")) as { chat: { tools: unknown[] } };
  expect(chat.tools).toStrictEqual([calculatorDefinition]);
  expect(JSON.stringify(chat.tools)).toBe(JSON.stringify([calculatorDefinition]));
});
