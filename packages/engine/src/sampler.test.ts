import { createDevice, Random } from "@cachalot/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DraftLogits, type SampleRequest, sample } from "./sampler.js";

const device = createDevice("reference");
const plain: SampleRequest = {
  temperature: 1,
  topP: 1,
  topK: 0,
  u: 0.5,
  v: 0.5,
  draft: undefined,
  top: undefined,
  kept: false,
};

const logitsArbitrary = fc
  .array(fc.oneof(fc.float({ min: -20, max: 20, noNaN: true }), fc.constantFrom(0, Number.NEGATIVE_INFINITY)), {
    minLength: 1,
    maxLength: 40,
  })
  .filter((values) => values.some((value) => value > Number.NEGATIVE_INFINITY));

function softmax(logits: readonly number[]): number[] {
  const max = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - max));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

const tensorOf = (rows: readonly (readonly number[])[]) =>
  device.from("f32", [rows.length, rows[0]!.length], rows.flat());

test("a token's probability among the kept ones is its share of their mass; scores are the model's own", async () => {
  await fc.assert(
    fc.asyncProperty(
      logitsArbitrary,
      fc.constantFrom(0.3, 0.8, 0.95, 1),
      fc.nat(6),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (values, topP, topK, u) => {
        const logits = values.map(Math.fround);
        const [drawn] = await sample(tensorOf([logits]), [{ ...plain, topP, topK, u, top: 3, kept: true }]);
        const all = softmax(logits);
        const { token, logprob, scores, kept } = drawn!;
        const set = kept!.length === 0 ? logits.map((_, id) => id) : [...kept!];
        expect(set).toContain(token);
        const mass = set.reduce((sum, id) => sum + all[id]!, 0);
        expect(Math.exp(logprob)).toBeCloseTo(all[token]! / mass, 5);
        expect(Math.exp(scores!.logprob)).toBeCloseTo(all[token]!, 6);
        const ranked = [...all.keys()].filter((id) => logits[id]! > Number.NEGATIVE_INFINITY);
        ranked.sort((a, b) => logits[b]! - logits[a]! || a - b);
        expect(scores!.top.map(({ id }) => id)).toEqual(ranked.slice(0, 3));
      },
    ),
  );
});

test("a row gets what it asked for and no more, whatever the others want", async () => {
  const logits = tensorOf([
    [1, 2, 3],
    [1, 2, 3],
    [Number.NaN, Number.NaN, Number.NaN],
    [0, 0, 5],
  ]);
  const [a, b, c, d] = await sample(logits, [
    plain,
    { ...plain, top: 1, kept: true },
    { ...plain, top: 2 },
    { ...plain, temperature: 0, kept: true },
  ]);
  expect(a).toMatchObject({ scores: undefined, kept: undefined });
  expect(b!.scores!.top).toHaveLength(1);
  expect(b!.kept).toEqual(new Int32Array());
  expect(c).toBeUndefined();
  expect(d).toMatchObject({ token: 2, logprob: 0, kept: Int32Array.of(2), scores: undefined });
});

test("drafts of several forward passes are checked together, each against its own distribution", async () => {
  const random = new Random(3);
  const row = () => Array.from({ length: 5 }, () => random.normal());
  const [first, second] = [[row(), row()], [row()]];
  const sources = [new DraftLogits(tensorOf(first), 2), new DraftLogits(tensorOf(second), 1)];
  const drafts = [
    { token: 1, source: sources[0]!, row: 1 },
    { token: 2, source: sources[1]!, row: 0 },
    { token: 3, source: sources[0]!, row: 0 },
  ];
  const rows = [row(), row(), row()];
  for (let i = 0; i < 20; i++) {
    const requests = drafts.map((draft) => ({ ...plain, u: random.next(), v: random.next(), draft }));
    const together = await sample(tensorOf(rows), requests);
    for (const [r, request] of requests.entries()) {
      const [alone] = await sample(tensorOf([rows[r]!]), [request]);
      expect(together[r]).toEqual(alone);
    }
  }
  for (const { source } of drafts) source.release();
  for (const { tensor } of sources) expect(tensor.disposed).toBe(true);
});
