import fc from "fast-check";
import { expect, test } from "vitest";
import { pythonExpressions } from "../../testing/python-expressions.js";
import { evaluatePython } from "./evaluate.js";
import { fromData, PythonError, toData } from "./value.js";

const run = (text: string, x: unknown = [3, 1, 2]): unknown => toData(evaluatePython(text, { x: fromData(x) }));

test.each([
  ["2 + 3 * 4", 14],
  ["-7 // 2", -4],
  ["-7 % 3", 2],
  ["7 % -3", -2],
  ["-2 ** 2", -4],
  ["2 ** 3 ** 2", 512],
  ["x[::-1]", [2, 1, 3]],
  ["x[-2:]", [1, 2]],
  ["x[5:1:-1]", [2]],
  ["sorted(x, reverse=True)", [3, 2, 1]],
  ["[v * 2 for v in x if v > 1]", [6, 4]],
  ["sum(v for v in x if v % 2)", 4],
  ["1 < 2 < 2", false],
  ["0 or [] or 5", 5],
  ["not x == []", true],
  ["3 if x else 4", 3],
  ["[1, [2]] == [1, [2]]", true],
  ["[[1], 2][0]", [1]],
  ["True + 1", 2],
  ["max(x) - min(3, 1)", 2],
  ["list(range(5, 0, -2))", [5, 3, 1]],
  ["[v for v in range(3)]", [0, 1, 2]],
  ["10 ** 20", "100000000000000000000"],
  ["(1,)[0]", undefined],
  ["x * x", undefined],
  ["1 // 0", undefined],
  ["x[9]", undefined],
  ["max([])", undefined],
  ["[1] < 2", undefined],
  ["reversed(x)", undefined],
  ["len(reversed(x))", undefined],
  ["[v for v in x] v", undefined],
  ["lambda: 1", undefined],
  ["x.sort()", undefined],
  ["__import__('os')", undefined],
  ["constructor", undefined],
  ["toString(x)", undefined],
  ["x if 1", undefined],
  ["012", undefined],
  ["", undefined],
])("%s is %j", (text, value) => {
  if (value === undefined) expect(() => run(text)).toThrow(PythonError);
  else expect(run(text)).toEqual(value);
});

test.each([
  ["9 ** 9 ** 9"],
  ["[0] * 10 ** 9"],
  ["sum([a * b * c for a in range(2000) for b in range(2000)])"],
  ["list(range(10 ** 9))"],
  [`${"(".repeat(200)}1${")".repeat(200)}`],
  [`${"-".repeat(400)}1`],
  ["sum([sum([sum([1 for c in range(99)]) for b in range(99)]) for a in range(99)])"],
  ["1 + ".repeat(500)],
])("%s ends soon, refused", (text) => {
  const begin = performance.now();
  expect(() => run(text)).toThrow(PythonError);
  expect(performance.now() - begin).toBeLessThan(1000);
});

test("any text is a value or a PythonError", () => {
  const tokens = fc.constantFrom(
    ..."x v 1 2 + - * // % ** ( ) [ ] , : == < for in if else and or not sum len".split(" "),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(tokens).map((all) => all.join(" ")),
        pythonExpressions,
      ),
      (text) => {
        try {
          run(text);
        } catch (error) {
          expect(error).toBeInstanceOf(PythonError);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test("values are data again", () => {
  const data = fc.letrec((tie) => ({
    value: fc.oneof(fc.maxSafeInteger(), fc.boolean(), fc.array(tie("value"), { maxLength: 4 })),
  })).value;
  fc.assert(
    fc.property(data, (value) => {
      expect(toData(fromData(value))).toEqual(value);
    }),
  );
});
