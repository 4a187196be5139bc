import { defaultDevice } from "@cachalot/tensor";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { largestDifference } from "../parity/compare.js";
import { golden } from "../testing/golden.js";
import { CausalLM } from "./causal-lm.js";
import { loadModel, loadParameters } from "./load.js";

let model: CausalLM;
beforeAll(async () => {
  model = await loadModel(golden("plain"), { device: defaultDevice() });
});
afterAll(() => model.dispose());

const TOLERANCE = 1e-4;
const tokensArbitrary = (length: number) =>
  fc.array(fc.nat(159), { minLength: length, maxLength: length }).map((ids) => Int32Array.from(ids));

function logitsOf(tokens: Int32Array): Float32Array {
  const cache = model.createCache();
  const logits = model.prefill(tokens, cache);
  cache.dispose();
  return logits;
}

test("a prompt read in any chunks gives the logits of one read at once", () => {
  fc.assert(
    fc.property(tokensArbitrary(40), fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 }), (tokens, sizes) => {
      const cache = model.createCache();
      let at = 0;
      let logits = new Float32Array();
      for (const size of [...sizes, tokens.length]) {
        const chunk = tokens.subarray(at, at + size);
        if (chunk.length > 0) logits = Float32Array.from(model.prefill(chunk, cache));
        at += chunk.length;
      }
      cache.dispose();
      expect(largestDifference(logits, logitsOf(tokens))).toBeLessThan(TOLERANCE);
    }),
    { numRuns: 10 },
  );
});

test("sequences decoded together get what they get alone", () => {
  const prompts = [7, 20, 33].map((length) => Int32Array.from({ length }, (_, i) => (i * 31 + length) % 160));
  const caches = prompts.map((prompt) => {
    const cache = model.createCache();
    model.prefill(prompt, cache);
    return cache;
  });
  const logits = model.decode(Int32Array.of(5, 6, 7), caches);
  prompts.forEach((prompt, i) => {
    const alone = logitsOf(Int32Array.of(...prompt, 5 + i));
    expect(largestDifference(logits.subarray(i * 160, (i + 1) * 160), alone)).toBeLessThan(TOLERANCE);
  });
  for (const cache of caches) cache.dispose();
});

test("single tokens and prompts read together get what they get alone, in whatever order they come", () => {
  // Dense: prompts are then expanded into keys and values per head (MHA form), single tokens are not.
  const attention = "dense";
  const read = (chosen: readonly { past: number; count: number }[]) => {
    const caches = chosen.map(() => model.createCache());
    const inputs = chosen.map(({ past, count }, i) => {
      const tokens = Int32Array.from({ length: past + count }, (_, t) => (t * 31 + past) % 160);
      if (past > 0) model.prefill(tokens.subarray(0, past), caches[i]!, { attention });
      return { cache: caches[i]!, tokens: tokens.subarray(past) };
    });
    const logits = model.forward(inputs, { attention });
    for (const cache of caches) cache.dispose();
    return logits;
  };
  const mixed = [
    { past: 17, count: 1 },
    { past: 0, count: 50 },
    { past: 33, count: 1 },
    { past: 3, count: 40 },
    { past: 60, count: 2 },
  ];
  const alone = Float32Array.from(mixed.flatMap((one) => [...read([one])]));
  expect(largestDifference(read(mixed), alone)).toBeLessThan(TOLERANCE);
});

test("a cache cut back to a prefix continues as if it had never been longer", () => {
  const tokens = Int32Array.from({ length: 36 }, (_, i) => (i * 17) % 160);
  const cache = model.createCache();
  model.prefill(tokens, cache);
  cache.truncate(20);
  model.prefill(Int32Array.of(3, 1, 4, 1, 5), cache);
  cache.truncate(20);
  expect(largestDifference(model.prefill(tokens.subarray(20), cache), logitsOf(tokens))).toBeLessThan(TOLERANCE);
  cache.dispose();
});

test("more tokens than the cache holds are refused and change nothing", () => {
  const cache = model.createCache(10);
  model.prefill(new Int32Array(8), cache);
  expect(() => model.prefill(new Int32Array(3), cache)).toThrow(/11 tokens do not fit a cache of 10/);
  expect(cache.length).toBe(8);
  expect(model.prefill(new Int32Array(2), cache)).toHaveLength(160);
  cache.dispose();
});

test("nothing is left behind: tensors live only in weights and caches", () => {
  const pool = (model.device as unknown as { pool: { liveBuffers: number } }).pool;
  const cache = model.createCache();
  model.prefill(new Int32Array(30), cache);
  const live = pool.liveBuffers;
  for (let i = 0; i < 20; i++) model.decode(Int32Array.of(i), [cache]);
  expect(pool.liveBuffers).toBe(live);
  cache.dispose();
});

test("a model without an indexer attends densely, and gives what the other gives when told to", async () => {
  const { indexer, ...dense } = model.config;
  const plain = new CausalLM(dense, model.device, await loadParameters(golden("plain"), dense, model.device));
  const tokens = Int32Array.from({ length: 40 }, (_, i) => (i * 7) % 160);
  const [a, b] = [plain.createCache(), model.createCache()];
  const expected = model.prefill(tokens, b, { attention: "dense" });
  expect(largestDifference(plain.prefill(tokens, a), expected)).toBeLessThan(TOLERANCE);
  expect(largestDifference(plain.prefill(tokens, a), expected)).toBeGreaterThan(0.1);
  expect(a.bytes).toBeLessThan(b.bytes);
  for (const cache of [a, b]) cache.dispose();
  plain.dispose();
});

test.each([
  ["bf16", 0.03],
  ["q8", 0.06],
] as const)(
  "weights kept in %s give nearly the same logits, in chunks and token by token",
  async (dtype, tolerance) => {
    const low = await loadModel(golden("plain"), { device: defaultDevice(), dtype });
    const tokens = Int32Array.from({ length: 60 }, (_, i) => (i * 7) % 160);
    // Dense: a random model's selection hangs by a thread.
    const attention = "dense";
    const whole = model.createCache();
    const expected = model.prefill(tokens, whole, { attention });
    whole.dispose();
    const scale = Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0) / expected.length);
    const cache = low.createCache();
    low.prefill(tokens.subarray(0, 41), cache, { attention });
    let logits = new Float32Array();
    for (const token of tokens.subarray(41))
      logits = Float32Array.from(low.decode(Int32Array.of(token), [cache], { attention }));
    const error = logits.reduce((sum, value, i) => sum + (value - expected[i]!) ** 2, 0) / logits.length;
    expect(Math.sqrt(error) / scale).toBeLessThan(tolerance);
    expect(Math.sqrt(error) / scale).toBeGreaterThan(1e-4);
    low.dispose();
  },
);
