import fc from "fast-check";
import { expect, test } from "vitest";
import { tokenScores } from "./token-scores.js";

const logitsArbitrary = fc
  .array(fc.oneof(fc.float({ min: -20, max: 20, noNaN: true }), fc.constantFrom(0, Number.NEGATIVE_INFINITY)), {
    minLength: 1,
    maxLength: 60,
  })
  .map((values) => Float32Array.from(values))
  .filter((values) => values.some((value) => value > Number.NEGATIVE_INFINITY));
/** The formula, written plainly. */
function softmax(logits: Float32Array): number[] {
  const max = Math.max(...logits);
  const weights = [...logits].map((logit) => Math.exp(logit - max));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

test("scores are log-probabilities of the model itself, best alternatives first", () => {
  fc.assert(
    fc.property(logitsArbitrary, fc.nat(), fc.integer({ min: 0, max: 20 }), (logits, seed, k) => {
      const token = seed % logits.length;
      const all = softmax(logits);
      const { logprob, top } = tokenScores(logits, token, k);
      expect(Math.exp(logprob)).toBeCloseTo(all[token]!, 9);
      const possible = all.map((p, id) => ({ p, id })).filter(({ id }) => logits[id]! > Number.NEGATIVE_INFINITY);
      possible.sort((a, b) => logits[b.id]! - logits[a.id]! || a.id - b.id);
      expect(top.map(({ id }) => id)).toEqual(possible.slice(0, k).map(({ id }) => id));
    }),
  );
});

test("logits without a finite one are the model's failure", () => {
  expect(() => tokenScores(Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY), 0, 1)).toThrow("no finite logits");
});
