import { expect, test } from "vitest";
import { CONTEXT, setUpScheduler as setUp } from "./testing/set-up-scheduler.js";
import { byteTokenizer, EOS_ID, hashLogits, TinyModel, VOCAB_SIZE } from "./testing/tiny-model.js";

const prompts = [
  "The whale dives.",
  "x",
  "A longer prompt that takes several chunks to read",
  "Hello",
  "Sonar finds prey",
];

test("sequences generated together say what each says alone", async () => {
  const alone: (string | undefined)[] = [];
  for (const [id, prompt] of prompts.entries()) {
    const single = setUp(new TinyModel(hashLogits));
    single.submit(id, prompt, { maxTokens: 10 + id * 5 });
    await single.runToEnd();
    alone.push(single.texts.get(id));
  }
  for (const maxSequences of [1, 2, 8]) {
    const model = new TinyModel(hashLogits);
    const together = setUp(model, { maxSequences });
    for (const [id, prompt] of prompts.entries()) together.submit(id, prompt, { maxTokens: 10 + id * 5 });
    await together.runToEnd();
    expect(prompts.map((_, id) => together.texts.get(id))).toEqual(alone);
    expect(Math.max(...model.calls.map((counts) => counts.length))).toBeLessThanOrEqual(maxSequences);
    together.scheduler.dispose();
    expect(model.caches.size).toBe(0);
    expect(model.blocks.used).toBe(0);
  }
  expect(new Set(alone).size).toBe(prompts.length);
});

test("the same seed gives the same tokens, another seed others", async () => {
  const { submit, texts, runToEnd } = setUp(new TinyModel(hashLogits));
  submit(1, "same prompt", { seed: 5 });
  submit(2, "same prompt", { seed: 5 });
  submit(3, "same prompt", { seed: 6 });
  await runToEnd();
  expect(texts.get(1)).toBe(texts.get(2));
  expect(texts.get(3)).not.toBe(texts.get(1));
});

test("reads long prompts in chunks while others go on", async () => {
  const model = new TinyModel(hashLogits);
  const { submit, log, runToEnd } = setUp(model);
  submit(1, "short");
  submit(2, "y".repeat(40), { maxTokens: 3 });
  await runToEnd();
  // 4 tokens each, then what the first leaves over; afterwards one token of it beside chunks of the second.
  expect(model.calls.slice(0, 6)).toEqual([
    [4, 4],
    [1, 8],
    [1, 8],
    [1, 8],
    [1, 8],
    [1, 4],
  ]);
  expect(log.indexOf("2")).toBeGreaterThan(4);
  expect(log.lastIndexOf("1")).toBeGreaterThan(log.indexOf("2"));
});

test("reuses the cache of a finished sequence and says so", async () => {
  const model = new TinyModel(hashLogits);
  const first = setUp(model);
  const question = "What is the deepest dive of a whale?";
  first.submit(1, question, { temperature: 0 });
  await first.runToEnd();
  const follow = `${question}${first.texts.get(1)} And then?`;
  first.submit(2, follow, { temperature: 0 });
  await first.runToEnd();
  const fresh = setUp(new TinyModel(hashLogits), { prefixBlocks: 0 });
  fresh.submit(2, follow, { temperature: 0 });
  await fresh.runToEnd();
  // The last token of the first answer was never read, and only full blocks are found again.
  const known = Math.floor((question.length + 19) / 4) * 4;
  expect(first.ended.get(2)).toMatchObject({ cachedTokens: known, promptTokens: follow.length });
  expect(fresh.ended.get(2)).toMatchObject({ cachedTokens: 0 });
  expect(first.texts.get(2)).toBe(fresh.texts.get(2));
});

test("ends at the end token, at a stop string, at maxTokens and at the end of the context", async () => {
  const script = byteTokenizer.encode("ab STOP cd");
  const model = new TinyModel((tokens) => {
    const next = script[tokens.length - 1] ?? EOS_ID;
    return new Float32Array(VOCAB_SIZE).fill(-50).fill(50, next, next + 1);
  });
  const { submit, texts, ended, runToEnd } = setUp(model);
  submit(1, "x");
  submit(2, "x", { stop: ["STOP"] });
  submit(3, "x", { maxTokens: 2 });
  await runToEnd();
  expect([1, 2, 3].map((id) => texts.get(id))).toEqual(["ab STOP cd", "ab ", "ab"]);
  expect(ended.get(1)).toMatchObject({ reason: "end-token", completionTokens: 11 });
  expect(ended.get(2)).toMatchObject({ reason: "stop", completionTokens: 7 });
  expect(ended.get(3)).toMatchObject({ reason: "length", completionTokens: 2 });
  const long = setUp(new TinyModel(hashLogits));
  long.submit(4, "z".repeat(CONTEXT - 3), { maxTokens: 1000 });
  await long.runToEnd();
  expect(long.ended.get(4)).toMatchObject({ reason: "length", completionTokens: 3 });
});

test("cancelling frees the slot before the next step, running or waiting", async () => {
  const model = new TinyModel(hashLogits);
  const { scheduler, submit, ended, runToEnd } = setUp(model, { maxSequences: 1, prefixBlocks: 0 });
  submit(1, "first");
  submit(2, "second");
  submit(3, "third", { maxTokens: 2 });
  await scheduler.step();
  scheduler.cancel(1);
  scheduler.cancel(2);
  scheduler.cancel(77);
  expect(ended.get(1)).toMatchObject({ reason: "aborted", promptTokens: 5, completionTokens: 1 });
  expect(ended.get(2)).toMatchObject({ reason: "aborted", completionTokens: 0 });
  expect(model.caches.size).toBe(0);
  await runToEnd();
  expect(ended.get(3)).toMatchObject({ reason: "length" });
});

test("a failing forward pass ends its sequences only", async () => {
  const model = new TinyModel((tokens) => {
    if (tokens.includes(33)) throw new Error("kernel failed");
    return hashLogits(tokens);
  });
  const { submit, ended, runToEnd } = setUp(model, { prefixBlocks: 0 });
  submit(1, "bad!");
  submit(2, "good", { maxTokens: 1 });
  await runToEnd();
  expect(ended.get(1)).toMatchObject({ message: "kernel failed" });
  expect(ended.get(2)).toMatchObject({ reason: "length" });
  expect(model.caches.size).toBe(0);
});

test("sequences that begin the same way read it once, even at the same time", async () => {
  const shared = "A long beginning that all of them share, word for word. ";
  const model = new TinyModel(hashLogits);
  const { submit, ended, texts, runToEnd } = setUp(model, { maxSequences: 8 });
  for (let id = 0; id < 6; id++) submit(id, `${shared}${id}`, { maxTokens: 4 });
  await runToEnd();
  const read = model.calls.flat().reduce((sum, count) => sum + count, 0);
  const full = Math.floor(shared.length / 4) * 4;
  // The beginning once, the rest of each prompt, and three of the four answered tokens.
  expect(read).toBe(full + 6 * (shared.length + 1 - full) + 6 * 3);
  for (let id = 1; id < 6; id++) expect(ended.get(id)).toMatchObject({ cachedTokens: full });
  for (let id = 0; id < 6; id++) {
    const alone = setUp(new TinyModel(hashLogits));
    alone.submit(id, `${shared}${id}`, { maxTokens: 4 });
    await alone.runToEnd();
    expect(texts.get(id)).toBe(alone.texts.get(id));
  }
});

test("short of memory, the youngest wait and go on later as if nothing had been", async () => {
  const wanted = setUp(new TinyModel(hashLogits));
  for (const [id, prompt] of prompts.entries()) wanted.submit(id, prompt, { maxTokens: 60 });
  await wanted.runToEnd();
  const model = new TinyModel(hashLogits, 40);
  const tight = setUp(model, { maxSequences: 5 });
  for (const [id, prompt] of prompts.entries()) tight.submit(id, prompt, { maxTokens: 60 });
  await tight.runToEnd();
  expect(tight.texts).toEqual(wanted.texts);
  for (const [id, prompt] of prompts.entries())
    expect(tight.ended.get(id)).toMatchObject({ reason: "length", promptTokens: prompt.length, completionTokens: 60 });
  tight.scheduler.dispose();
  expect(model.blocks.used).toBe(0);
});

test("a step is decided before it is computed: what waits, what runs, and what each reads", async () => {
  const model = new TinyModel(hashLogits);
  const { scheduler, submit } = setUp(model, { maxSequences: 2 });
  submit(1, "short");
  submit(2, "y".repeat(40));
  submit(3, "waits");
  const plan = scheduler.schedule();
  expect(plan.map(({ sequence, count }) => [sequence.id, sequence.status, count])).toEqual([
    [1, "running", 4],
    [2, "running", 4],
  ]);
  expect(model.calls).toEqual([]);
  const [first] = plan;
  scheduler.cancel(1);
  expect(first?.sequence.status).toBe("finished");
  expect(scheduler.schedule().map(({ sequence }) => sequence.id)).toEqual([3, 2]);
});

test("each of several end tokens ends a sequence, and none of them is said", async () => {
  const second = "!".charCodeAt(0);
  const tokenizer = { ...byteTokenizer, endTokenIds: [EOS_ID, second] };
  for (const end of [EOS_ID, second]) {
    let read = 0;
    const logits = () => {
      const row = new Float32Array(VOCAB_SIZE).fill(-100);
      row[++read <= 3 ? "a".charCodeAt(0) : end] = 100;
      return row;
    };
    const { submit, texts, ended, runToEnd } = setUp(new TinyModel(logits), {}, tokenizer);
    submit(1, "x", { temperature: 0 });
    await runToEnd();
    expect(ended.get(1)).toMatchObject({ reason: "end-token", completionTokens: 4 });
    expect(texts.get(1)).toBe("aaa");
  }
});
