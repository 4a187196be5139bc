import fc from "fast-check";
import { expect, test } from "vitest";
import type { Sample } from "../run/sample.js";
import { tokenCurve } from "./token-curve.js";

const sample = (verdict: Sample["verdict"], completionTokens: number) =>
  ({ verdict, usage: { completionTokens, promptTokens: 0, reasoningTokens: 0, cachedTokens: 0 } }) as Sample;
const samples = fc.array(
  fc
    .tuple(fc.constantFrom("right" as const, "wrong" as const, "not measured" as const), fc.nat(50))
    .map(([v, t]) => sample(v, t)),
  { maxLength: 40 },
);

test("the curve says at every budget what a run cut there would have solved", () => {
  fc.assert(
    fc.property(samples, fc.nat(60), (drawn, budget) => {
      const { points } = tokenCurve(drawn);
      const solved = drawn.filter(
        ({ verdict, usage }) => verdict === "right" && usage.completionTokens <= budget,
      ).length;
      // A right answer of no tokens stands beside the start.
      const at = points.filter(({ tokens }) => tokens <= budget).at(-1)!;
      expect(at.solved).toBeCloseTo(solved / Math.max(drawn.length, 1), 10);
    }),
  );
});

test("tokens for each solved problem count those of the unsolved ones", () => {
  expect(tokenCurve([sample("right", 10), sample("wrong", 30)]).tokensPerSolved).toBe(40);
  expect(tokenCurve([sample("wrong", 30)]).tokensPerSolved).toBe(Number.POSITIVE_INFINITY);
});
