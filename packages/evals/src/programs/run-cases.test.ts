import fc from "fast-check";
import { expect, test } from "vitest";
import { sameLines } from "./run-cases.js";

test("space at the ends of lines and spellings of a number make no difference; digits do", () => {
  expect(sameLines(" 1 2.50 \n-0\n", "1 2.5\n0")).toBe(true);
  expect(sameLines("+007", "7")).toBe(true);
  expect(sameLines("Yes", "yes")).toBe(false);
  expect(sameLines("1 2", "1\n2")).toBe(false);
  expect(sameLines("100000000000000000001", "100000000000000000002")).toBe(false);
  expect(sameLines("", "")).toBe(true);
  expect(sameLines("", "1")).toBe(false);
});

test("an integer is itself, and no other", () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
      expect(sameLines(`${a}`, `${a}.0`)).toBe(true);
      expect(sameLines(`${a}`, `${b}`)).toBe(a === b);
    }),
  );
});
