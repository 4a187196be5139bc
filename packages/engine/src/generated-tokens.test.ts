/** What an engine records of its generations: it must be what was read and drawn, however the sequence got there. */

import type { GeneratedTokens } from "@cachalot/chat";
import { expect, test } from "vitest";
import { setUpScheduler } from "./testing/set-up-scheduler.js";
import { TinyDraftingModel } from "./testing/tiny-drafting-model.js";
import { byteTokenizer, hashLogits, TinyModel } from "./testing/tiny-model.js";

const record = { kept: true, experts: true, selection: true };
const shared = "A prompt that several begin with. ";
const prompts = [`${shared}One`, `${shared}Two`, "Another", `${shared}Three is longer than the others are`];

/** The record a tiny model gives of tokens it read: a function of position and token. */
function expectComplete(tokens: GeneratedTokens | undefined, prompt: string, maxTokens: number): void {
  const { promptIds, ids, logprobs, rawLogprobs, versions, kept, experts, selection } = tokens!;
  expect(promptIds).toEqual(byteTokenizer.encode(prompt));
  expect(ids).toHaveLength(maxTokens);
  for (const list of [logprobs, rawLogprobs, versions, kept!.counts]) expect(list).toHaveLength(ids.length);
  const read = [...promptIds, ...ids].slice(0, -1);
  expect(experts).toEqual({
    data: Uint8Array.from(read.flatMap((token, position) => [position % 7, token % 5])),
    shape: [read.length, 1, 2],
    start: 0,
  });
  expect(selection).toEqual({ data: Int32Array.from(read.keys()), shape: [read.length, 1, 1], start: 0 });
  let at = 0;
  for (const [i, id] of ids.entries()) {
    const set = [...kept!.ids.slice(at, at + kept!.counts[i]!)];
    at += set.length;
    expect(set).toContain(id);
    const logits = hashLogits([...promptIds, ...ids.slice(0, i)]);
    const mass = set.reduce((sum, other) => sum + Math.exp(logits[other]!), 0);
    expect(logprobs[i]).toBeCloseTo(logits[id]! - Math.log(mass), 4);
    const all = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    expect(rawLogprobs[i]).toBeCloseTo(logits[id]! - Math.log(all), 4);
  }
  expect(at).toBe(kept!.ids.length);
}

test.each([
  ["plain", () => new TinyModel(hashLogits)],
  ["short of memory", () => new TinyModel(hashLogits, 34)],
  ["drafting", () => new TinyDraftingModel(hashLogits, (tokens) => hashLogits([...tokens, tokens.length % 2]))],
])("records are whole together, from shared blocks and when read again: %s", async (_, model) => {
  const { submit, generated, runToEnd } = setUpScheduler<ReturnType<TinyModel["createCache"]>>(model());
  for (const round of [0, 1])
    for (const [id, prompt] of prompts.entries())
      submit(10 * round + id, prompt, { record, maxTokens: 12 + id, topP: 0.8 });
  await runToEnd();
  for (const round of [0, 1])
    for (const [id, prompt] of prompts.entries()) expectComplete(generated.get(10 * round + id), prompt, 12 + id);
});

test("blocks read without a record are read again by a sequence that wants one, and then serve both", async () => {
  const { submit, generated, ended, runToEnd } = setUpScheduler(new TinyModel(hashLogits));
  submit(1, prompts[0]!, { maxTokens: 3 });
  await runToEnd();
  submit(2, prompts[0]!, { maxTokens: 3, record, topP: 0.9 });
  await runToEnd();
  submit(3, prompts[0]!, { maxTokens: 3, record, topP: 0.9 });
  submit(4, prompts[0]!, { maxTokens: 3 });
  await runToEnd();
  expect([1, 2, 3, 4].map((id) => (ended.get(id) as { cachedTokens: number }).cachedTokens)).toEqual([0, 0, 36, 36]);
  expect(generated.get(1)).toBeUndefined();
  for (const id of [2, 3]) expectComplete(generated.get(id), prompts[0]!, 3);
});

test("recording changes nothing that is generated, and an unlimited distribution keeps the whole vocabulary", async () => {
  const { submit, texts, generated, runToEnd } = setUpScheduler(new TinyModel(hashLogits));
  submit(1, "same", { seed: 4, topP: 1 });
  submit(2, "same", { seed: 4, topP: 1, record });
  await runToEnd();
  expect(texts.get(2)).toBe(texts.get(1));
  expect([...generated.get(2)!.kept!.counts]).toEqual(new Array(20).fill(0));
  expect(generated.get(2)!.logprobs).toEqual(generated.get(2)!.rawLogprobs);
});

test("new weights: tokens tell which drew them, kept blocks are forgotten, and old reads are never shared", async () => {
  let shift = 0;
  const model = new TinyModel((tokens) => hashLogits([...tokens, shift]));
  const { scheduler, submit, generated, ended, runToEnd } = setUpScheduler(model);
  submit(1, prompts[0]!, { maxTokens: 4 });
  await runToEnd();
  submit(2, prompts[0]!, { maxTokens: 8, record: {} });
  for (let i = 0; i < 4; i++) await scheduler.step();
  shift = 1;
  scheduler.weightsChanged();
  await runToEnd();
  const { versions } = generated.get(2)!;
  expect(new Set(versions)).toEqual(new Set([0, 1]));
  expect(versions).toEqual([...versions].sort());
  submit(3, prompts[0]!, { maxTokens: 2 });
  await runToEnd();
  expect(ended.get(3)).toMatchObject({ cachedTokens: 0 });
  submit(4, prompts[0]!, { maxTokens: 2 });
  await runToEnd();
  expect(ended.get(4)).toMatchObject({ cachedTokens: 36 });
  scheduler.dispose();
  expect(model.blocks.used).toBe(0);
});
