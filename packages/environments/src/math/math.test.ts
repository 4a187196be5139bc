import fc from "fast-check";
import { expect, test } from "vitest";
import { evaluateArithmetic } from "./arithmetic.js";
import { exactArithmetic } from "./equivalence.js";

const value = (text: string) => {
  const evaluated = evaluateArithmetic(text);
  return evaluated && `${evaluated.value.n}/${evaluated.value.d}`;
};

test.each([
  ["2 + 3 * 4", "14/1"],
  ["(25-7)*3", "54/1"],
  ["1/3 + 1/6", "1/2"],
  ["0.1 + 0.2", "3/10"],
  ["-2^2", "-4/1"],
  ["2**3**2", "512/1"],
  ["2^-2", "1/4"],
  ["7 × 6 ÷ 4 − 1", "19/2"],
  ["--3", "3/1"],
  ["9007199254740993 * 3", "27021597764222979/1"],
  ["1/0", undefined],
  ["0^-1", undefined],
  ["0^0", undefined],
  ["2^(1/2)", undefined],
  ["9^9^9", undefined],
  ["1 2", undefined],
  ["3 +", undefined],
  ["(3", undefined],
  ["1.2.3", undefined],
  [".", undefined],
  ["x + 1", undefined],
  ["", undefined],
  [`${"(".repeat(60)}1${")".repeat(60)}`, undefined],
  ["1+".repeat(2000), undefined],
])("%s is %s", (text, expected) => {
  expect(value(text)).toBe(expected);
});

test("the numbers of an expression are told as they are written", () => {
  expect(evaluateArithmetic("(25 - 7) * 3.50")?.numbers).toEqual(["25", "7", "3.50"]);
});

type Tree = number | { operator: "+" | "-" | "*" | "/"; a: Tree; b: Tree };
const trees: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.nat(99),
    fc.record({ operator: fc.constantFrom("+", "-", "*", "/"), a: tie("tree"), b: tie("tree") }),
  ),
})).tree;
const shown = (tree: Tree): string =>
  typeof tree === "number" ? `${tree}` : `(${shown(tree.a)} ${tree.operator} ${shown(tree.b)})`;
/** Numerator and denominator by cross-multiplication, never reduced. */
const slow = (tree: Tree): [bigint, bigint] => {
  if (typeof tree === "number") return [BigInt(tree), 1n];
  const [[an, ad], [bn, bd]] = [slow(tree.a), slow(tree.b)];
  return {
    "+": [an * bd + bn * ad, ad * bd] as [bigint, bigint],
    "-": [an * bd - bn * ad, ad * bd] as [bigint, bigint],
    "*": [an * bn, ad * bd] as [bigint, bigint],
    "/": [an * bd, ad * bn] as [bigint, bigint],
  }[tree.operator];
};
const hasValue = (tree: Tree): boolean =>
  typeof tree === "number" ||
  (hasValue(tree.a) && hasValue(tree.b) && (tree.operator !== "/" || slow(tree.b)[0] !== 0n));

test("expressions have their exact values", () => {
  fc.assert(
    fc.property(trees, (tree) => {
      const evaluated = evaluateArithmetic(shown(tree))?.value;
      if (!hasValue(tree)) {
        expect(evaluated).toBe(undefined);
        return;
      }
      const [n, d] = slow(tree);
      expect(evaluated!.n * d).toBe(n * evaluated!.d);
      expect(evaluated!.d > 0n).toBe(true);
    }),
  );
});

test("any text is evaluated or is no expression", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."0123.+-*/^() ") })), (text) => {
      evaluateArithmetic(text);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["1/2", "0.5", true],
  ["50%", "1/2", true],
  ["x = 12.", "12", true],
  ["12,34", "1234", false],
  ["0.333", "1/3", false],
  ["y=3", "x=3", false],
  ["", "12", false],
  ["1", "0^0", null],
  ["12 (see above)", "12", null],
])("%s against %s: %s", (answer, expected, same) => {
  expect(exactArithmetic(answer, expected)).toBe(same);
});
