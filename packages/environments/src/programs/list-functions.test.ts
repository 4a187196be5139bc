import fc from "fast-check";
import { expect, test } from "vitest";
import { LIST_FUNCTION_NAMES, parseListProgram, runListProgram } from "./list-functions.js";

const programs = fc.array(fc.constantFrom(...LIST_FUNCTION_NAMES), { minLength: 1, maxLength: 8 });
const lists = fc.array(fc.nat(9), { maxLength: 8 });

test.each([
  ["sort", [3, 1, 2], [1, 2, 3]],
  ["sort", [10, 9], [9, 10]],
  ["reverse tail", [3, 1, 2], [1, 3]],
  ["evens sum", [3, 4, 2], [6]],
  ["odds add1 double", [3, 4, 1], [8, 4]],
  ["sum", [], [0]],
])("%s of %j is %j", (text, input, output) => {
  expect(runListProgram(parseListProgram(text)!, input)).toEqual(output);
});

test("a program is read as it is written, whatever the space", () => {
  fc.assert(
    fc.property(programs, (program) => {
      expect(parseListProgram(` ${program.join(" \n ")} `)).toEqual(program);
    }),
  );
});

test("running leaves the input alone, and runs one function after the other", () => {
  fc.assert(
    fc.property(programs, programs, lists, (first, second, input) => {
      const before = [...input];
      expect(runListProgram([...first, ...second], input)).toEqual(
        runListProgram(second, runListProgram(first, input)),
      );
      expect(input).toEqual(before);
    }),
  );
});

test.each(["", "sort, reverse", "Sort", "toString", "sort(x)", "sort ".repeat(40)])("%j is no program", (text) => {
  expect(parseListProgram(text)).toBe(undefined);
});
