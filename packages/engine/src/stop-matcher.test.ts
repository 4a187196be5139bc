import fc from "fast-check";
import { expect, test } from "vitest";
import { StopMatcher } from "./stop-matcher.js";

function run(stops: readonly string[], pieces: readonly string[]): { text: string; matched: boolean } {
  const matcher = new StopMatcher(stops);
  let out = "";
  for (const piece of pieces) {
    const { text, matched } = matcher.push(piece);
    out += text;
    if (matched) return { text: out, matched };
  }
  return { text: out + matcher.end(), matched: false };
}

test("finds a stop across pieces and gives out the text before it", () => {
  expect(run(["END"], ["on", "e E", "N", "D two"])).toEqual({ text: "one ", matched: true });
  expect(run(["END"], ["EN", "E", "N", "x"])).toEqual({ text: "ENENx", matched: false });
  expect(run([], ["a", "b"])).toEqual({ text: "ab", matched: false });
});

test("holds back only what may begin a stop", () => {
  const matcher = new StopMatcher(["\n\nUser:"]);
  expect(matcher.push("Hello.\n").text).toBe("Hello.");
  expect(matcher.push("Next").text).toBe("\nNext");
});

test("does not depend on how the text is split", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 30 });
  const stop = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(stop, { minLength: 1, maxLength: 3 }),
      text,
      fc.array(fc.nat(30), { maxLength: 8 }),
      (stops, whole, cuts) => {
        const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
        const pieces = at.slice(1).map((end, i) => whole.slice(at[i], end));
        const result = run(stops, pieces);
        expect(result).toEqual(run(stops, [...whole]));
        expect(result.matched).toBe(stops.some((candidate) => whole.includes(candidate)));
        for (const candidate of stops) if (result.matched) expect(result.text.includes(candidate)).toBe(false);
      },
    ),
  );
});
