import fc from "fast-check";
import { expect, test } from "vitest";
import { retryAfterMs, retryDefaults, retryDelay, sleep } from "./retry.js";

test("Retry-After is seconds or a date", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(retryAfterMs("2", now)).toBe(2000);
  expect(retryAfterMs("0.5", now)).toBe(500);
  expect(retryAfterMs("-3", now)).toBe(0);
  expect(retryAfterMs("Thu, 01 Jan 2026 00:00:07 GMT", now)).toBe(7000);
  expect(retryAfterMs("Wed, 31 Dec 2025 00:00:00 GMT", now)).toBe(0);
  for (const other of [null, "", " ", "soon"]) expect(retryAfterMs(other, now)).toBeUndefined();
});

test("waits grow, stay within their bounds and obey the endpoint", () => {
  const retry = retryDefaults({ baseMs: 100, maxMs: 1000 });
  expect([1, 2, 3, 4, 5].map((attempt) => retryDelay(retry, attempt, undefined, () => 1))).toEqual([
    100, 200, 400, 800, 1000,
  ]);
  expect(retryDelay(retry, 1, undefined, () => 0)).toBe(50);
  expect(retryDelay(retry, 1, 700)).toBe(700);
  expect(retryDelay(retry, 1, 99_000)).toBe(1000);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const delay = retryDelay(retry, attempt, undefined, () => random);
      expect(delay).toBeGreaterThanOrEqual(50);
      expect(delay).toBeLessThanOrEqual(1000);
    }),
  );
});

test("an abort ends a wait at once", async () => {
  const abort = new AbortController();
  const started = performance.now();
  setTimeout(() => abort.abort(), 10);
  await sleep(10_000, abort.signal);
  await sleep(10_000, abort.signal);
  expect(performance.now() - started).toBeLessThan(2000);
});
