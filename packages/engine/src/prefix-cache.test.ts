import { expect, test } from "vitest";
import { commonPrefixLength, PrefixCache } from "./prefix-cache.js";
import { TokenCache } from "./testing/tiny-model.js";

const numbers = (length: number, from = 0) => Array.from({ length }, (_, i) => from + i);

function filled(live: Set<TokenCache>, tokens: readonly number[]): TokenCache {
  const cache = new TokenCache(live);
  cache.tokens = [...tokens];
  return cache;
}

test("measures a common beginning", () => {
  expect(commonPrefixLength([1, 2, 3], [1, 2, 4, 5])).toBe(2);
  expect(commonPrefixLength([], [1])).toBe(0);
});

test("gives the longest common beginning, cut to it, once", () => {
  const live = new Set<TokenCache>();
  const prefixes = new PrefixCache<TokenCache>(1e6);
  prefixes.put(numbers(40), filled(live, numbers(40)));
  prefixes.put([...numbers(30), 99, 98], filled(live, [...numbers(30), 99, 98]));
  const taken = prefixes.take([...numbers(30), 99, 7, 7]);
  expect(taken?.tokens).toEqual([...numbers(30), 99]);
  expect(prefixes.take([...numbers(40), 5])?.length).toBe(40);
  expect(prefixes.take(numbers(40))).toBeUndefined();
});

test("leaves a token to read, and short or costly matches alone", () => {
  const live = new Set<TokenCache>();
  const prefixes = new PrefixCache<TokenCache>(1e6);
  prefixes.put(numbers(40), filled(live, numbers(40)));
  expect(prefixes.take(numbers(10))).toBeUndefined();
  expect(prefixes.take([...numbers(19), 500, 501])).toBeUndefined();
  expect(prefixes.take(numbers(40))?.length).toBe(39);
});

test("stays within its memory, oldest out first, and disposes of what it drops", () => {
  const live = new Set<TokenCache>();
  const prefixes = new PrefixCache<TokenCache>(250);
  for (const from of [0, 100, 200]) prefixes.put(numbers(30, from), filled(live, numbers(30, from)));
  expect(prefixes.bytes).toBe(240);
  expect(live.size).toBe(2);
  expect(prefixes.take(numbers(31, 0))).toBeUndefined();
  prefixes.put(numbers(100, 900), filled(live, numbers(100, 900)));
  prefixes.put(numbers(3), filled(live, numbers(3)));
  expect(live.size).toBe(2);
  prefixes.dispose();
  expect(live.size).toBe(0);
});
