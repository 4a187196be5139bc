import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../../random.js";
import { acceptOrReplace, argmax, candidates, draw, type SamplingParameters } from "./reference.js";

const logitsArbitrary = fc
  .array(fc.oneof(fc.float({ min: -20, max: 20, noNaN: true }), fc.constantFrom(0, Number.NEGATIVE_INFINITY)), {
    minLength: 1,
    maxLength: 60,
  })
  .map((values) => Float32Array.from(values))
  .filter((values) => values.some((value) => value > Number.NEGATIVE_INFINITY));
const temperatureArbitrary = fc.double({ min: 0.05, max: 2, noNaN: true });

/** The formula, written plainly. */
function softmax(logits: Float32Array, temperature: number): number[] {
  const max = Math.max(...logits);
  const weights = [...logits].map((logit) => Math.exp((logit - max) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

test("keeps the smallest set of most probable tokens that reaches top-p", () => {
  fc.assert(
    fc.property(
      logitsArbitrary,
      temperatureArbitrary,
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (logits, temperature, topP) => {
        const { ids, probabilities } = candidates(logits, { temperature, topP, topK: 0 });
        const all = softmax(logits, temperature);
        const kept = new Set(ids);
        const mass = [...kept].reduce((sum, id) => sum + all[id]!, 0);
        expect(mass).toBeGreaterThanOrEqual(topP - 1e-9);
        const smallestKept = Math.min(...[...kept].map((id) => all[id]!));
        if (topP < 1) expect(mass - smallestKept).toBeLessThan(topP + 1e-9);
        for (const [id, p] of all.entries()) if (!kept.has(id)) expect(p).toBeLessThanOrEqual(smallestKept + 1e-12);
        expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
        for (const [i, id] of ids.entries()) expect(probabilities[i]).toBeCloseTo(all[id]! / mass, 9);
      },
    ),
  );
});

test("top-k keeps k tokens, and top-p applies to what they leave", () => {
  const logits = Float32Array.of(1, 3, 2, 0, 3);
  expect([...candidates(logits, { temperature: 1, topP: 1, topK: 3 }).ids]).toEqual([1, 2, 4]);
  expect([...candidates(logits, { temperature: 1, topP: 0.4, topK: 2 }).ids]).toEqual([1]);
  expect([...candidates(logits, { temperature: 1, topP: 0.6, topK: 2 }).ids]).toEqual([1, 4]);
  expect([...candidates(logits, { temperature: 1, topP: 1, topK: 100 }).ids]).toEqual([0, 1, 2, 3, 4]);
});

test("greedy takes the largest logit, the first on a tie, and passes over NaN", () => {
  const greedy: SamplingParameters = { temperature: 0, topP: 0.95, topK: 0 };
  expect([...candidates(Float32Array.of(0, 5, 5), greedy).ids]).toEqual([1]);
  expect(argmax(Float32Array.of(Number.NaN, -3, Number.NaN, -2))).toBe(3);
  expect([...candidates(Float32Array.of(Number.NaN, 1, 2), { temperature: 1, topP: 1, topK: 0 }).ids]).toEqual([1, 2]);
  expect([...candidates(Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY), greedy).ids]).toEqual([]);
  expect([...candidates(Float32Array.of(1, Number.POSITIVE_INFINITY), greedy).ids]).toEqual([]);
});

test("the least temperature that is not zero is greedy too", () => {
  const { ids } = candidates(Float32Array.of(1, 1.5, 1.2), { temperature: Number.MIN_VALUE, topP: 1, topK: 0 });
  expect([...ids]).toEqual([1]);
});

test("draws tokens as often as their probability says (chi-square, 9 degrees of freedom)", () => {
  const logits = Float32Array.from({ length: 10 }, (_, i) => i / 4);
  const { ids, probabilities } = candidates(logits, { temperature: 1, topP: 1, topK: 0 });
  const random = new Random(11);
  const counts = new Map<number, number>();
  const draws = 20_000;
  for (let i = 0; i < draws; i++) {
    const token = draw({ ids, probabilities }, random.next());
    counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  let statistic = 0;
  for (const [i, id] of ids.entries()) {
    const expected = probabilities[i]! * draws;
    statistic += ((counts.get(id) ?? 0) - expected) ** 2 / expected;
  }
  expect(statistic).toBeLessThan(27.88); // p = 0.001
  expect(draw({ ids, probabilities }, 0)).toBe(0);
  expect(draw({ ids, probabilities }, 1 - 2 ** -32)).toBe(9);
});

test("speculative sampling draws from the target distribution, whatever the draft's is (chi-square)", () => {
  const random = new Random(5);
  const sampling: SamplingParameters = { temperature: 1, topP: 0.9, topK: 0 };
  const p = candidates(Float32Array.of(1, 0.2, -0.5, 2, 0), sampling);
  const q = candidates(Float32Array.of(2, 1, 1, -1, 0.3), sampling);
  const draws = 20_000;
  const counts = new Map<number, number>();
  for (let i = 0; i < draws; i++) {
    const token = acceptOrReplace(p, q, draw(q, random.next()), random.next(), random.next());
    counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  let statistic = 0;
  for (const [i, id] of p.ids.entries()) {
    const expected = p.probabilities[i]! * draws;
    statistic += ((counts.get(id) ?? 0) - expected) ** 2 / expected;
  }
  expect([...counts.keys()].every((id) => p.ids.includes(id))).toBe(true);
  expect(statistic).toBeLessThan(18.47); // p = 0.001 at 4 degrees of freedom
});

test("a draft that the model is at least as sure of is always accepted, and one it excludes never", () => {
  const sampling: SamplingParameters = { temperature: 1, topP: 0.5, topK: 0 };
  const p = candidates(Float32Array.of(3, 0, 0), sampling);
  const q = candidates(Float32Array.of(0, 1, 0.9), { ...sampling, topP: 1 });
  for (const u of [0, 0.5, 0.999]) {
    expect(acceptOrReplace(p, q, 0, u, 0.5)).toBe(0);
    expect(acceptOrReplace(p, q, 1, u, 0.5)).toBe(0);
  }
});
