import fc from "fast-check";
import { expect, test } from "vitest";
import { compareRuns } from "../compare/compare-runs.js";
import type { RunHeader } from "../run/header.js";
import type { Sample } from "../run/sample.js";
import { missShare } from "./pass-at-k.js";
import { summarise } from "./summary.js";

const sample = (item: number, n: number, verdict: Sample["verdict"], more: Partial<Sample> = {}): Sample => ({
  ...{ item: `${item}`, sample: n, verdict, because: "", gold: "1", messages: [], toolCalls: 0, seed: 0, seconds: 1 },
  usage: { promptTokens: 1, completionTokens: 10, reasoningTokens: 4, cachedTokens: 0 },
  startedAt: "2025-01-01T00:00:00.000Z",
  ...more,
});
const verdicts = fc.constantFrom("right" as const, "wrong" as const);

test("the share of k-subsets that miss is counted right", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 10 }), fc.integer({ min: 1, max: 10 }), (hits, k) => {
      fc.pre(k <= hits.length);
      const subsets = Array.from({ length: 2 ** hits.length }, (_, mask) => hits.filter((_, i) => (mask >> i) & 1));
      const ofK = subsets.filter((_, mask) => mask.toString(2).replace(/0/g, "").length === k);
      const missing = ofK.filter((subset) => subset.every((hit) => !hit)).length;
      expect(missShare(hits.length, hits.filter(Boolean).length, k)).toBeCloseTo(missing / ofK.length, 10);
    }),
  );
});

test("score, interval and bounds hold each other, whatever was measured", () => {
  const all = fc.array(fc.tuple(fc.nat(20), fc.oneof(verdicts, fc.constant("not measured" as const))), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(all, (drawn) => {
      const samples = drawn.map(([item, verdict], n) =>
        sample(item, n, verdict, verdict === "not measured" ? { reason: "unparsed" } : {}),
      );
      const { score, bounds, interval, right, wrong, passAtK } = summarise(samples);
      expect(bounds[0]).toBeLessThanOrEqual(bounds[1]);
      expect(interval[0]).toBeLessThanOrEqual(interval[1]);
      if (right + wrong === 0) {
        expect(score).toBe(null);
        expect(passAtK).toEqual({});
        return;
      }
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
    }),
  );
});

test("marks are averaged by problem, and what was not measured has none", () => {
  const marked = (item: number, n: number, got: number) =>
    sample(item, n, got === 7 ? "right" : "wrong", { mark: { got, most: 7 } });
  const lost = sample(1, 1, "not measured", { reason: "timed out" });
  const { score, marks } = summarise([marked(0, 0, 7), marked(0, 1, 0), marked(1, 0, 7), lost]);
  expect(score).toBe(0.75);
  expect(marks).toMatchObject({ share: 0.75, got: 14, most: 21 });
  expect(marks!.interval[0]).toBeLessThan(0.75);
  expect(summarise([sample(0, 0, "right")])).not.toHaveProperty("marks");
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 9 }), (points) => {
      const {
        marks: {
          share,
          interval: [low, high],
        } = { share: -1, interval: [0, 0] },
      } = summarise(points.map((got, i) => marked(i, 0, got)));
      expect(share).toBeCloseTo(points.reduce((a, b) => a + b, 0) / (7 * points.length), 12);
      expect(low).toBeLessThanOrEqual(share + 1e-12);
      expect(high).toBeGreaterThanOrEqual(share - 1e-12);
    }),
    { numRuns: 30 },
  );
});

test("more than 2 % cut off: there are bounds and no score", () => {
  const measured = Array.from({ length: 95 }, (_, i) => sample(i, 0, "right"));
  const cut = Array.from({ length: 5 }, (_, i) => sample(100 + i, 0, "not measured", { reason: "truncated" }));
  const { score, refused, bounds } = summarise([...measured, ...cut]);
  expect([score, bounds]).toEqual([null, [0.95, 1]]);
  expect(refused).toMatch(/^5\.0 % of the answers were cut off.*--max-tokens/);
  expect(summarise([...measured, cut[0]!]).score).toBe(1);
});

test("pass@k, pass^k and majority@k of two problems", () => {
  const answers = (item: number, rights: number, wrongAnswers: string[]) => [
    ...Array.from({ length: rights }, (_, n) => sample(item, n, "right", { answer: "1" })),
    ...wrongAnswers.map((answer, n) => sample(item, rights + n, "wrong", { answer })),
  ];
  const { passAtK, passHatK, majorityAtK } = summarise([
    ...answers(1, 2, ["5", "\\frac{10}{2}"]),
    ...answers(2, 1, ["7", "8", "7"]),
  ]);
  expect(passAtK[2]).toBeCloseTo((5 / 6 + 1 / 2) / 2);
  expect(passHatK[2]).toBeCloseTo((1 / 6 + 0) / 2);
  // 1 against 5 = 10/2: a tie. 1 against 7, 7: lost.
  expect(majorityAtK[4]).toBeCloseTo((0.5 + 0) / 2);
});

test("samples of a problem are no independent evidence", () => {
  const once = Array.from({ length: 40 }, (_, i) => sample(i, 0, i % 2 ? "right" : "wrong"));
  const repeated = Array.from({ length: 8 }, (_, n) => once.map((one) => ({ ...one, sample: n }))).flat();
  const width = ([low, high]: readonly [number, number]) => high - low;
  expect(width(summarise(repeated).interval)).toBeGreaterThan(0.9 * width(summarise(once).interval));
});

test("a paired difference is found where two intervals overlap, and names what flipped", () => {
  const header = { benchmark: "x" } as RunHeader;
  const a = Array.from({ length: 100 }, (_, i) => sample(i, 0, i < 50 ? "right" : "wrong"));
  const b = Array.from({ length: 110 }, (_, i) => sample(i, 0, i < 57 ? "right" : "wrong"));
  const { difference, interval, flipped, problems, apart } = compareRuns(
    { header, samples: a },
    { header, samples: b },
  );
  expect(difference).toBeCloseTo(0.07);
  expect(interval[0]).toBeGreaterThan(0);
  expect({ problems, apart, flipped: flipped.length, from: flipped[0]!.from }).toEqual({
    problems: 100,
    apart: 10,
    flipped: 7,
    from: "wrong",
  });
  expect(() => compareRuns({ header, samples: a }, { header: { ...header, benchmark: "y" }, samples: b })).toThrow(
    /different benchmarks/,
  );
});

test("where every problem came out alike, doubt is left", () => {
  const all = Array.from({ length: 20 }, (_, i) => [0, 1].map((n) => sample(i, n, "wrong"))).flat();
  expect(summarise(all).interval[1]).toBeCloseTo(0.161, 3);
  const header = { benchmark: "x" } as RunHeader;
  const { interval } = compareRuns({ header, samples: all }, { header, samples: all });
  expect(interval).toEqual([-interval[1], interval[1]]);
  expect(interval[1]).toBeGreaterThan(0.1);
});
