import { expect, test } from "vitest";
import { pythonFunction } from "./run-program.js";
import { fromData, PythonError, toData } from "./value.js";

const run = (lines: string[], input: unknown) => toData(pythonFunction(lines.join("\n"))(fromData(input)));

test("loops, branches and appends do what Python does", () => {
  const lines = [
    "def f(x):",
    "  a = []",
    "  for v in x:",
    "    if v > 3:",
    "      a.append(v)",
    "    elif v == 2:",
    "      a.append(0)",
    "    else:",
    "      a.append(-v)",
    "  i = 0",
    "  s = 0",
    "  while i < len(a):",
    "    s += a[i] * 2",
    "    i += 1",
    "  return [s, i]",
  ];
  expect(run(lines, [5, 2, 1])).toEqual([8, 3]);
});

test("an augmented assignment takes its whole right side", () => {
  expect(run(["def f(x):", "  s = 10", "  s -= x - 1", "  return s"], 4)).toBe(7);
});

test.each([
  ["a loop without end", ["def f(x):", "  while True:", "    x += 1"]],
  ["a list that grows while it is gone through", ["def f(x):", "  for v in x:", "    x.append(v)", "  return x"]],
  ["no return", ["def f(x):", "  a = 1"]],
  ["a name that is not there", ["def f(x):", "  return y"]],
  ["no block behind a loop", ["def f(x):", "  for v in x:", "  return x"]],
  ["a block that no line opens", ["def f(x):", "  a = 1", "    b = 2", "  return a"]],
  ["a comparison as a statement", ["def f(x):", "  x == 1", "  return x"]],
  ["a line outside of the function", ["def f(x):", "  return x", "print(1)"]],
  ["no function", ["return 1"]],
])("%s is refused as an error of the program", (_, lines) => {
  expect(() => run(lines, [1])).toThrow(PythonError);
});
