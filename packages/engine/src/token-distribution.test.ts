import { Context, createDevice, Random, sampleTokens } from "@cachalot/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { drawFrom, tokenDistribution } from "./token-distribution.js";

const device = createDevice("reference");

/** Shares of tokens among evenly spread random numbers. */
function shares(logits: Float32Array, parameters: readonly [number, number, number], draws: number): Float64Array {
  const ctx = new Context(device);
  const rows = Array.from({ length: draws }, (_, i) => [...parameters, (i + 0.5) / draws]).flat();
  const all = new Float32Array(draws * logits.length);
  for (let i = 0; i < draws; i++) all.set(logits, i * logits.length);
  const tokens = sampleTokens(
    ctx,
    ctx.from("f32", [draws, logits.length], all),
    ctx.from("f32", [draws, 4], Float32Array.from(rows)),
  );
  const out = new Float64Array(logits.length);
  for (const token of tokens.data) out[Number(token)]! += 1 / draws;
  ctx.dispose();
  return out;
}

test("it is what sampleTokens draws from, ties at the limits included", () => {
  const logit = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -4, max: 4, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(logit, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(0, 0.3, 1, 2),
      fc.constantFrom(0.05, 0.5, 0.9, 0.95, 1),
      fc.integer({ min: 0, max: 14 }),
      (values, temperature, topP, topK) => {
        const logits = Float32Array.from(values);
        const distribution = tokenDistribution(logits, { temperature, topP, topK })!;
        const drawn = shares(logits, [temperature, topP, topK], 400);
        for (const [id, probability] of distribution.entries())
          expect(Math.abs(probability - drawn[id]!)).toBeLessThan(0.006);
      },
    ),
    { numRuns: 200 },
  );
});

test("impossible tokens have no share, and where nothing is finite there is no distribution", () => {
  const parameters = { temperature: 1, topP: 0.95, topK: 0 };
  const logits = Float32Array.of(Number.NaN, 1, Number.NEGATIVE_INFINITY, 1);
  expect([...tokenDistribution(logits, parameters)!]).toEqual([0, 0.5, 0, 0.5]);
  expect(tokenDistribution(Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY), parameters)).toBeUndefined();
  expect(tokenDistribution(Float32Array.of(1, Number.POSITIVE_INFINITY), parameters)).toBeUndefined();
});

test("tokens are drawn by their share, never one without", () => {
  const weights = Float64Array.of(0, 3, 0, 1, 0);
  const random = new Random(1);
  const drawn = Array.from({ length: 4000 }, () => drawFrom(weights, random.next()));
  expect(new Set(drawn)).toEqual(new Set([1, 3]));
  expect(drawn.filter((id) => id === 1).length / 4000).toBeCloseTo(0.75, 1);
  expect(drawFrom(weights, 1 - 2 ** -32)).toBe(3);
});
