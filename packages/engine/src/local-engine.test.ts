/** Both sides of the engine over a message channel, with tiny models. */

import { MessageChannel } from "node:worker_threads";
import { ChatError, type ChatEvent, type CompletionEvent, collectMessage, type GenerateRequest } from "@cachalot/chat";
import { afterEach, expect, test, vi } from "vitest";
import { EngineClient } from "./engine-client.js";
import { runEngineLoop } from "./engine-loop.js";
import { EngineError } from "./errors.js";
import { LocalEngine } from "./local-engine.js";
import { byteTokenizer, hashLogits, replyLogits, TinyModel } from "./testing/tiny-model.js";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function setUp(
  model: TinyModel,
  { maxSequences = 4, maxQueue = 4, contextLength = 2000, thinkingOnly = false } = {},
) {
  const { port1, port2 } = new MessageChannel();
  const client = new EngineClient({ maxSequences, maxQueue });
  client.attach(port1);
  runEngineLoop(port2, model, byteTokenizer, { contextLength, maxSequences, prefillChunk: 64 });
  await vi.waitUntil(() => client.stats.memory);
  const worker = { close: async () => port1.close(), loadWeights: (dir: string) => client.loadWeights(dir) };
  const engine = new LocalEngine("tiny", contextLength, client, worker, thinkingOnly);
  closers.push(() => port1.close());
  return { engine, client };
}

const user = (content: string): GenerateRequest => ({ messages: [{ role: "user", content }] });

async function collect<E>(events: AsyncIterable<E>): Promise<E[]> {
  const out: E[] = [];
  for await (const event of events) out.push(event);
  return out;
}

const textOf = (events: readonly CompletionEvent[]): string =>
  events.map((event) => (event.type === "text" ? event.delta : "")).join("");

test("a model that only thinks does so when asked for chat, and refuses tools", async () => {
  const { engine } = await setUp(new TinyModel(replyLogits(() => "Let me see.</think>A whale.")), {
    thinkingOnly: true,
  });
  const { message, repairs } = await collectMessage(engine.generate({ ...user("What is it?"), thinkingMode: "chat" }));
  expect(message).toMatchObject({ reasoning_content: "Let me see.", content: "A whale." });
  expect(repairs).toEqual(["tiny has no chat mode; it thinks first"]);
  const tools: GenerateRequest["tools"] = [{ type: "function", function: { name: "f" } }];
  await expect(collect(engine.generate({ ...user("What is it?"), tools }))).rejects.toMatchObject({
    code: "tools_not_supported",
    message: expect.stringContaining("leave the tools out"),
  });
});

test("a chat answer is parsed as it comes: reasoning, content, usage", async () => {
  const { engine } = await setUp(new TinyModel(replyLogits(() => "Let me see. 🐋</think>It is a whale 🐋.")));
  const events = await collect(engine.generate({ ...user("What is it?"), topLogprobs: 2 }));
  const { message, usage, finishReason, repairs, logprobs } = await collectMessage(
    (async function* () {
      yield* events;
    })(),
  );
  expect(message).toEqual({ role: "assistant", content: "It is a whale 🐋.", reasoning_content: "Let me see. 🐋" });
  expect(finishReason).toBe("stop");
  expect(repairs).toEqual([]);
  expect(usage).toMatchObject({ reasoningTokens: 16, completionTokens: 16 + 1 + 19 + 1, cachedTokens: 0 });
  expect(logprobs).toHaveLength(usage.completionTokens);
  expect(logprobs[0]).toMatchObject({ token: "L", bytes: [76] });
  expect(logprobs[0]?.top).toHaveLength(2);
  expect(logprobs[0]?.logprob).toBeCloseTo(0, 5);
  expect(events.filter(({ type }) => type === "reasoning").length).toBeGreaterThan(5);
  expect(events.slice(-2).map(({ type }) => type)).toEqual(["usage", "finish"]);
});

test("a chat answer calls tools; chat mode starts with the content", async () => {
  const call =
    '\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="dive">\n' +
    '<｜DSML｜parameter name="metres" string="false">2000</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>';
  const { engine } = await setUp(new TinyModel(replyLogits(() => `Diving.${call}`)));
  const { message, finishReason, repairs } = await collectMessage(
    engine.generate({
      ...user("Dive!"),
      thinkingMode: "chat",
      tools: [{ type: "function", function: { name: "dive", parameters: { type: "object" } } }],
    }),
  );
  expect(finishReason).toBe("tool_calls");
  expect(repairs).toEqual([]);
  expect(message.content).toBe("Diving.");
  expect(message.tool_calls).toMatchObject([{ function: { name: "dive", arguments: '{"metres": 2000}' } }]);
  expect(message.tool_calls?.[0]?.id).toMatch(/^call_/);
});

test("what a model says wrong is repaired, never thrown, and a cut answer ends with length", async () => {
  const { engine } = await setUp(new TinyModel(hashLogits));
  for (let seed = 0; seed < 5; seed++) {
    const collected = await collectMessage(engine.generate({ ...user("Hi"), seed, topK: 8, maxTokens: 40 }));
    expect(collected.finishReason).toBe("length");
    expect(collected.usage).toMatchObject({ completionTokens: 40, reasoningTokens: 40 });
  }
});

test("a stop string ends a message cleanly", async () => {
  const { engine } = await setUp(new TinyModel(replyLogits(() => "one two three")));
  const { message, finishReason, repairs } = await collectMessage(
    engine.generate({ ...user("Count"), thinkingMode: "chat", stop: ["thr"] }),
  );
  expect({ content: message.content, finishReason, repairs }).toEqual({
    content: "one two ",
    finishReason: "stop",
    repairs: [],
  });
});

test("text completion: the same seed repeats, token ids equal their text", async () => {
  const { engine } = await setUp(new TinyModel(hashLogits));
  const base = { seed: 3, maxTokens: 30 };
  const first = await collect(engine.complete({ prompt: "Once upon", ...base }));
  const second = await collect(engine.complete({ prompt: byteTokenizer.encode("Once upon"), ...base }));
  const other = await collect(engine.complete({ prompt: "Once upon", ...base, seed: 4 }));
  expect(textOf(first)).toBe(textOf(second));
  expect(textOf(other)).not.toBe(textOf(first));
  expect(first.at(-1)).toEqual({ type: "finish", reason: "length" });
  expect(first.at(-2)).toMatchObject({ type: "usage", usage: { promptTokens: 9, completionTokens: 30 } });
});

test("refuses what it cannot serve, naming the field", async () => {
  const { engine } = await setUp(new TinyModel(hashLogits), { contextLength: 50 });
  const refusal = (events: AsyncIterable<unknown>) =>
    collect(events).then(
      () => undefined,
      (error: unknown) => error,
    );
  const tooLong = await refusal(engine.generate(user("x".repeat(60))));
  expect(tooLong).toBeInstanceOf(ChatError);
  expect(tooLong).toMatchObject({ code: "context_length_exceeded", param: "messages" });
  expect((tooLong as Error).message).toMatch(/has 64 tokens, but the context holds 50/);
  expect(await refusal(engine.complete({ prompt: "y".repeat(50) }))).toMatchObject({ param: "prompt" });
  expect(await refusal(engine.complete({ prompt: [1, 2, 5000] }))).toMatchObject({ code: "invalid_request" });
  expect(await refusal(engine.complete({ prompt: "" }))).toMatchObject({ code: "invalid_request" });
  expect(await refusal(engine.generate({ messages: [] }))).toMatchObject({ code: "invalid_message" });
  expect(await refusal(engine.generate({ messages: [{ role: "assistant", content: "hi" }] }))).toMatchObject({
    code: "invalid_message",
  });
});

test("aborting, and leaving the stream, free the slot at once", async () => {
  const model = new TinyModel(hashLogits);
  const { engine } = await setUp(model, { maxSequences: 1, maxQueue: 0 });
  const controller = new AbortController();
  const events: ChatEvent[] = [];
  for await (const event of engine.generate({ ...user("Go on"), signal: controller.signal })) {
    events.push(event);
    if (events.length === 3) controller.abort();
  }
  expect(events.at(-1)).toEqual({ type: "finish", reason: "aborted" });
  expect(events.at(-2)).toMatchObject({ type: "usage" });
  expect(engine.stats()).toMatchObject({ active: 0, queued: 0 });
  for await (const event of engine.generate(user("Go on"))) if (event.type === "reasoning") break;
  expect(engine.stats()).toMatchObject({ active: 0, queued: 0 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const computed = model.calls.length;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(model.calls.length).toBe(computed);
  const aborted = await collect(engine.generate({ ...user("Go on"), signal: AbortSignal.abort() }));
  expect(aborted.map(({ type }) => type).slice(-2)).toEqual(["usage", "finish"]);
});

test("a full queue refuses at once; those in it are served in turn", async () => {
  const { engine } = await setUp(new TinyModel(hashLogits), { maxSequences: 1, maxQueue: 2 });
  const runs = Array.from({ length: 4 }, (_, seed) => collect(engine.complete({ prompt: "go", seed, maxTokens: 5 })));
  const results = await Promise.allSettled(runs);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected"]);
  expect(results[3]).toMatchObject({ reason: { code: "overloaded" } });
});

test("when the engine is closed, everything pending fails with its reason", async () => {
  const { engine, client } = await setUp(new TinyModel(hashLogits));
  const run = collect(engine.generate(user("Go on")));
  await new Promise((resolve) => setTimeout(resolve, 5));
  client.stop(new EngineError("closed", "the engine was closed"));
  await expect(run).rejects.toMatchObject({ code: "closed" });
  await expect(collect(engine.complete({ prompt: "x" }))).rejects.toMatchObject({ code: "closed" });
});

test("the worker tells what its cache takes and may take", async () => {
  const { engine } = await setUp(new TinyModel(hashLogits));
  expect(engine.stats()).toMatchObject({ memory: { cacheUsed: 0, cacheLimit: 10_000 }, limit: 8 });
  await collect(engine.complete({ prompt: "Once upon a time", maxTokens: 5 }));
  expect(engine.stats().memory?.cacheUsed).toBe(5);
});

test("a broken forward pass is an error of that generation", async () => {
  const { engine } = await setUp(
    new TinyModel(() => {
      throw new Error("kernel failed");
    }),
  );
  await expect(collect(engine.complete({ prompt: "x" }))).rejects.toMatchObject({
    code: "generation_failed",
    message: expect.stringContaining("kernel failed"),
  });
});
