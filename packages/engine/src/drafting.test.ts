/** The scheduler with a model that drafts: the same answers in fewer passes, and nothing stale anywhere. */

import { expect, test, vi } from "vitest";
import { CONTEXT, setUpScheduler } from "./testing/set-up-scheduler.js";
import { TinyDraftingModel } from "./testing/tiny-drafting-model.js";
import { byteTokenizer, EOS_ID, hashLogits, TinyModel, VOCAB_SIZE } from "./testing/tiny-model.js";

const prompts = [
  "The whale dives.",
  "x",
  "A longer prompt that takes several chunks to read",
  "Hello",
  "A longer prompt that begins like another",
  "A longer prompt that takes several chunks to read, and more",
];

/** Right about two thirds of the time. */
function fairDraft(tokens: readonly number[]): Float32Array {
  return tokens.reduce((sum, token) => sum + token, 0) % 3 === 0 ? hashLogits([...tokens, 1]) : hashLogits(tokens);
}

const drafters = {
  perfect: hashLogits,
  fair: fairDraft,
  wrong: (tokens: readonly number[]) => hashLogits(tokens).map((logit) => -logit),
};

test.each(Object.entries(drafters))("greedy answers are those without drafting: a %s draft", async (_, drafter) => {
  for (const maxSequences of [1, 3, 8])
    for (const maxTokens of [1, 2, 3, 4, 5, 30]) {
      const plain = setUpScheduler(new TinyModel(hashLogits), { maxSequences });
      const model = new TinyDraftingModel(hashLogits, drafter);
      const drafting = setUpScheduler(model, { maxSequences });
      for (const { submit } of [plain, drafting])
        for (const [id, prompt] of prompts.entries()) submit(id, prompt, { temperature: 0, maxTokens, topLogprobs: 2 });
      await plain.runToEnd();
      await drafting.runToEnd();
      expect(drafting.texts).toEqual(plain.texts);
      expect(drafting.logprobs).toEqual(plain.logprobs);
      for (const [id, prompt] of prompts.entries())
        expect(drafting.ended.get(id)).toMatchObject({
          reason: "length",
          promptTokens: prompt.length,
          completionTokens: maxTokens,
        });
      drafting.scheduler.dispose();
      expect(model.caches.size).toBe(0);
      expect(model.blocks.used).toBe(0);
    }
});

test("a right draft saves a forward pass", async () => {
  const passes = async (model: TinyModel) => {
    const { submit, ended, runToEnd } = setUpScheduler(model);
    submit(1, "Hello", { temperature: 0, maxTokens: 41 });
    await runToEnd();
    return { passes: model.calls.length, ended: ended.get(1) };
  };
  expect(await passes(new TinyModel(hashLogits))).toMatchObject({ passes: 41 });
  expect((await passes(new TinyModel(hashLogits))).ended).not.toHaveProperty("drafts");
  expect(await passes(new TinyDraftingModel(hashLogits, hashLogits))).toMatchObject({
    passes: 1 + 20,
    ended: { completionTokens: 41, drafts: { drafted: 20, accepted: 20 } },
  });
  expect(await passes(new TinyDraftingModel(hashLogits, drafters.wrong))).toMatchObject({
    passes: 41,
    ended: { drafts: { drafted: 39, accepted: 0 } },
  });
});

test("answers end where they would: end token, stop string, maxTokens and context, at either token of a pair", async () => {
  const script = byteTokenizer.encode("ab STOP cd");
  const logits = (tokens: readonly number[]) => {
    const next = script[tokens.length - 1] ?? EOS_ID;
    return new Float32Array(VOCAB_SIZE).fill(-50).fill(50, next, next + 1);
  };
  const answers = async (model: TinyModel) => {
    const { submit, texts, logprobs, ended, runToEnd } = setUpScheduler(model);
    submit(1, "x");
    for (let i = 0; i < 6; i++) submit(2 + i, "x", { stop: [["b"], [" "], ["ST"], ["TOP"], ["OP c"], ["d"]][i]! });
    for (let maxTokens = 1; maxTokens < 13; maxTokens++) submit(10 + maxTokens, "x", { maxTokens, topLogprobs: 1 });
    await runToEnd();
    for (const [id, end] of ended) {
      const { drafts, ...rest } = end as { drafts?: unknown };
      ended.set(id, rest);
    }
    return { texts, logprobs, ended };
  };
  const expected = await answers(new TinyModel(logits));
  expect(expected.texts.get(5)).toBe("ab S");
  expect(await answers(new TinyDraftingModel(logits, logits))).toEqual(expected);
  // Off by one: right half of the time.
  expect(await answers(new TinyDraftingModel(logits, (t) => logits(t.length % 2 ? t : t.slice(1))))).toEqual(expected);
  for (let room = 1; room < 6; room++) {
    const long = setUpScheduler(new TinyDraftingModel(hashLogits, hashLogits));
    long.submit(4, "z".repeat(CONTEXT - room), { maxTokens: 1000 });
    await long.runToEnd();
    expect(long.ended.get(4)).toMatchObject({ reason: "length", completionTokens: room });
  }
});

test("a seed gives the same tokens alone, among others, from kept blocks, and short of memory", async () => {
  const alone: (string | undefined)[] = [];
  for (const [id, prompt] of prompts.entries()) {
    const single = setUpScheduler(new TinyDraftingModel(hashLogits, fairDraft), { prefixBlocks: 0 });
    single.submit(id, prompt, { maxTokens: 60 });
    await single.runToEnd();
    alone.push(single.texts.get(id));
  }
  for (const [maxSequences, blocks] of [
    [8, undefined],
    [2, undefined],
    [6, 40],
    [6, 34],
  ] as const) {
    const model = new TinyDraftingModel(hashLogits, fairDraft, blocks);
    const together = setUpScheduler(model, { maxSequences });
    for (const round of [0, 1]) {
      together.texts.clear();
      for (const [id, prompt] of prompts.entries()) together.submit(id, prompt, { maxTokens: 60 });
      await together.runToEnd();
      expect(prompts.map((_, id) => together.texts.get(id))).toEqual(alone);
      for (const id of prompts.keys()) expect(together.ended.get(id)).toMatchObject({ completionTokens: 60 });
      if (round === 1 && !blocks) expect(together.ended.get(2)).toMatchObject({ cachedTokens: 48 });
    }
    together.scheduler.dispose();
    expect(model.blocks.used).toBe(0);
  }
});

test("a conversation goes on from its kept blocks; one that parts at a block's end reads that block again", async () => {
  const model = new TinyDraftingModel(hashLogits, hashLogits);
  const { submit, texts, ended, runToEnd } = setUpScheduler(model);
  submit(1, "12345678", { temperature: 0, maxTokens: 12 });
  await runToEnd();
  submit(2, `12345678${texts.get(1)}?`, { temperature: 0 });
  await runToEnd();
  // Nineteen tokens were read; the last of them is in no full block.
  expect(ended.get(2)).toMatchObject({ cachedTokens: 16 });
  submit(3, "1234567812345678", { temperature: 0 });
  submit(4, "12345678", { temperature: 0 });
  await runToEnd();
  expect(ended.get(3)).toMatchObject({ cachedTokens: 4 });
  expect(ended.get(4)).toMatchObject({ cachedTokens: 4 });
});

test("cancelling with a draft at hand frees everything; what was read can be found again", async () => {
  const model = new TinyDraftingModel(hashLogits, hashLogits);
  const { scheduler, submit, ended, runToEnd } = setUpScheduler(model, { maxSequences: 2 });
  submit(1, "first one", { maxTokens: 100 });
  submit(2, "first one", { maxTokens: 5 });
  for (let i = 0; i < 5; i++) await scheduler.step();
  scheduler.cancel(1);
  expect(ended.get(1)).toMatchObject({ reason: "aborted" });
  await runToEnd();
  scheduler.dispose();
  expect(model.caches.size).toBe(0);
  expect(model.blocks.used).toBe(0);
});

test("a failing draft, or logits that are not finite, end the sequences concerned only", async () => {
  const broken = setUpScheduler(
    new TinyDraftingModel(hashLogits, () => {
      throw new Error("kernel failed");
    }),
  );
  broken.submit(1, "bad!");
  await broken.runToEnd();
  expect(broken.ended.get(1)).toMatchObject({ message: "kernel failed" });
  const model = new TinyDraftingModel(
    (tokens) =>
      tokens[0] === 33 && tokens.length > 4 ? new Float32Array(VOCAB_SIZE).fill(Number.NaN) : hashLogits(tokens),
    hashLogits,
  );
  const { submit, ended, runToEnd } = setUpScheduler(model, { prefixBlocks: 0 });
  submit(1, "!abc");
  submit(2, "good", { maxTokens: 5 });
  await runToEnd();
  expect(ended.get(1)).toMatchObject({ message: expect.stringContaining("no finite logits") });
  expect(ended.get(2)).toMatchObject({ reason: "length" });
  expect(model.caches.size).toBe(0);
});

/** Logits over the letters a to e that depend on the last two tokens. */
function letterLogits(shift: number) {
  return (tokens: readonly number[]): Float32Array => {
    const logits = new Float32Array(VOCAB_SIZE).fill(-1e9);
    const [a, b] = [tokens.at(-2) ?? 0, tokens.at(-1) ?? 0];
    for (let i = 0; i < 5; i++) logits[97 + i] = ((a * 7 + b * 3 + i * 5 + shift * i) % 11) / 4;
    return logits;
  };
}

/** The sampling distribution, written plainly: temperature, then top-k, then top-p. */
function distribution(logits: Float32Array, { temperature, topP, topK }: typeof EVERYTHING): [number, number][] {
  const ranked = [...logits.entries()]
    .map(([id, logit]): [number, number] => [id, Math.exp(logit / temperature)])
    .filter(([, weight]) => weight > 0)
    .sort(([a, x], [b, y]) => y - x || a - b)
    .slice(0, topK || undefined);
  const total = ranked.reduce((sum, [, weight]) => sum + weight, 0);
  let mass = 0;
  const kept = ranked.filter(([, weight]) => {
    const isKept = mass < topP * total;
    mass += weight;
    return isKept;
  });
  const left = kept.reduce((sum, [, weight]) => sum + weight, 0);
  return kept.map(([id, weight]) => [id, weight / left]);
}

const EVERYTHING = { temperature: 1, topP: 1, topK: 0 };

test.each([
  ["everything", EVERYTHING],
  ["a nucleus", { temperature: 1.3, topP: 0.8, topK: 0 }],
  ["the best three", { temperature: 0.8, topP: 0.97, topK: 3 }],
])("answers have the model's distribution, drawn from %s", async (_, sampling) => {
  const logits = letterLogits(0);
  const expected = new Map<string, number>();
  const extend = (text: string, probability: number): void => {
    if (text.length === 4) return void expected.set(text, probability);
    const shares = distribution(logits(byteTokenizer.encode(`x${text}`)), sampling);
    for (const [id, share] of shares) extend(text + String.fromCharCode(id), probability * share);
  };
  extend("", 1);
  const draws = 3000;
  const { submit, texts, ended, runToEnd } = setUpScheduler(new TinyDraftingModel(logits, letterLogits(2)), {
    maxSequences: 50,
  });
  for (let seed = 0; seed < draws; seed++) submit(seed, "x", { ...sampling, maxTokens: 4 });
  await runToEnd();
  // By what the first pair brings and by what follows it: each answer alone is too rare to count.
  for (const part of [(text: string) => text.slice(0, 3), (text: string) => text.slice(2)]) {
    const [wanted, counts] = [new Map<string, number>(), new Map<string, number>()];
    for (const [text, share] of expected) wanted.set(part(text), (wanted.get(part(text)) ?? 0) + share);
    for (const text of texts.values()) counts.set(part(text), (counts.get(part(text)) ?? 0) + 1);
    for (const text of counts.keys()) expect(wanted.has(text)).toBe(true);
    let chiSquare = 0;
    for (const [text, share] of wanted) chiSquare += ((counts.get(text) ?? 0) - share * draws) ** 2 / (share * draws);
    const freedom = wanted.size - 1;
    // Mean and deviation of chi-square; four deviations.
    expect(chiSquare).toBeLessThan(freedom + 4 * Math.sqrt(2 * freedom));
  }
  const accepted = [...ended.values()].map((end) => (end as { drafts?: { accepted: number } }).drafts?.accepted ?? 0);
  const share = accepted.reduce((sum, count) => sum + count, 0) / draws;
  expect(share).toBeGreaterThan(0.3);
});

test("drafts that cannot be drawn leave nothing behind", async () => {
  const model = new TinyDraftingModel(hashLogits, hashLogits);
  const { scheduler, submit, ended, runToEnd } = setUpScheduler(model);
  for (let id = 0; id < 3; id++) submit(id, "Hello", { temperature: 0, maxTokens: 20 });
  const { device } = model;
  const read = device.read.bind(device);
  let reads = 0;
  vi.spyOn(device, "read").mockImplementation(async (tensor) => {
    // A step reads twice when it draws tokens and twice when it draws drafts.
    if (++reads % 4 === 3) throw new Error("the device is gone");
    return read(tensor);
  });
  const before = device.pool.liveBuffers;
  await runToEnd();
  expect(ended.get(0)).toMatchObject({ message: "the device is gone" });
  scheduler.dispose();
  expect(device.pool.liveBuffers).toBe(before);
  vi.restoreAllMocks();
});
