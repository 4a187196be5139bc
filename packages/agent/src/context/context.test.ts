import { type ChatMessage, chatPrompt, createScriptedModel, type ScriptedPolicy } from "@cachalot/chat";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import type { AgentEvent } from "../loop/events.js";
import { runAgent } from "../loop/run-agent.js";
import type { RunOptions } from "../loop/run-options.js";
import { wordTokenizer } from "../testing/word-tokenizer.js";
import { tool } from "../tools/tool.js";
import { createPromptTokenizer } from "./prompt-tokens.js";
import type { ContextStrategy } from "./strategies/index.js";

const TASK = "Find the number.";

/** Each result is about this many tokens long. */
const look = tool({
  name: "look",
  description: "Looks",
  inputSchema: z.object({ at: z.number() }),
  execute: ({ at }) => `page ${at} ${"word ".repeat(50)}`,
});

/** Looks at page after page until it has seen `pages`, counting what is in sight. */
const looker =
  (pages: number): ScriptedPolicy =>
  ({ messages }, index) => {
    const last = messages.at(-1)!;
    if (last.content?.includes("Sum up your work")) return { reasoning: "Hm.", content: `${index} pages were empty.` };
    if (index >= pages) return { reasoning: "Enough.", content: "42" };
    return { reasoning: `Page ${index}.`, toolCalls: [{ name: "look", arguments: { at: index } }] };
  };

async function run(strategy: ContextStrategy, pages: number, options: Partial<RunOptions> = {}, window = 2000) {
  const model = createScriptedModel({ turns: looker(pages) });
  const messages: ChatMessage[] = [{ role: "user", content: TASK }];
  const events: AgentEvent[] = [];
  const context = { strategy, tokenizer: wordTokenizer, window };
  const limits = { steps: 100 };
  for await (const event of runAgent(model, { messages, tools: [look], context, limits, ...options }))
    events.push(event);
  const of = <T extends AgentEvent["type"]>(type: T) =>
    events.filter((event): event is AgentEvent & { type: T } => event.type === type);
  const end = of("end")[0]!;
  return { model, messages, result: end.result, edits: of("context"), prompts: of("prompt") };
}

test("counts are the tokenizer's own, and a prompt that only grows is all re-used", async () => {
  const { model, prompts, result } = await run("none", 3);
  expect(result.stopReason).toBe("answer");
  expect(prompts.map(({ promptTokens }) => promptTokens)).toEqual(
    model.requests.map((request) => wordTokenizer.encode(chatPrompt(request)).length),
  );
  for (const [i, prompt] of prompts.entries()) {
    expect(prompt).not.toHaveProperty("diverges");
    if (i > 0) expect(prompt.reusedTokens).toBeGreaterThan(prompts[i - 1]!.promptTokens);
  }
});

test("without a strategy the run ends when the window is full", async () => {
  const { result, messages, prompts } = await run("none", 50);
  expect(result.stopReason).toBe("context");
  expect(messages.at(-1)!.role).toBe("tool");
  expect(prompts.at(-1)!.promptTokens).toBeGreaterThanOrEqual(2000);
  const model = createScriptedModel({ turns: looker(50), contextLength: 1500 });
  let last: AgentEvent | undefined;
  for await (const event of runAgent(model, {
    messages: [{ role: "user", content: TASK }],
    tools: [look],
    limits: { steps: 99 },
  })) {
    last = event;
  }
  expect(last).toMatchObject({ type: "end", result: { stopReason: "context" } });
});

test("discard-all starts again from the task, and says what is gone", async () => {
  const { result, edits, prompts, model } = await run("discard-all", 16);
  expect(result).toMatchObject({ stopReason: "answer", text: "42" });
  expect(edits.length).toBeGreaterThan(0);
  for (const { before, after, removedCalls, at, remove, insert } of edits) {
    expect(before).toBeGreaterThan(1600);
    expect([at, insert]).toEqual([1, []]);
    expect(remove).toBe(2 * removedCalls.length);
    expect(after).toBe(prompts[0]!.promptTokens);
  }
  expect(edits[0]!.removedCalls[0]).toBe("look call_0_0");
  const again = model.requests.findIndex(({ messages }, i) => i > 0 && messages.length === 1);
  expect(model.requests[again]!.messages).toEqual([{ role: "user", content: TASK }]);
  // What is left was seen before; the prompt leaves that where the first call was.
  expect(prompts[again]).toMatchObject({ promptTokens: prompts[0]!.promptTokens, diverges: { index: 0 } });
  expect(prompts[again]!.reusedTokens).toBe(prompts[0]!.promptTokens);
});

test("discard-75 drops the first three quarters of the calls, and keeps the prefix before them", async () => {
  const { result, edits, prompts } = await run("discard-75", 30);
  expect(result.stopReason).toBe("answer");
  const [first] = edits;
  expect(first!.removedCalls).toHaveLength(Math.floor(0.75 * first!.step));
  const next = prompts.find(({ step }) => step === first!.step)!;
  expect(next.diverges).toEqual({ index: 1, role: "assistant" });
  expect(next.reusedTokens).toBeGreaterThanOrEqual(prompts[0]!.promptTokens);
});

test("summary asks on top of the whole prefix and goes on from task and summary", async () => {
  const { result, edits, prompts, messages, model } = await run("summary", 40);
  expect(result.stopReason).toBe("answer");
  expect(edits.length).toBeGreaterThan(1);
  const asked = prompts.filter(({ purpose }) => purpose === "summary");
  expect(asked).toHaveLength(edits.length);
  for (const prompt of asked) expect(prompt).not.toHaveProperty("diverges");
  for (const { summary, insert } of edits) {
    expect(summary).toMatch(/pages were empty/);
    expect(insert).toEqual([{ role: "user", content: expect.stringContaining(`<summary>\n${summary}\n</summary>`) }]);
    expect(insert[0]!.content!.startsWith(`${TASK}\n\n`)).toBe(true);
    // The second summary takes the first one's place.
    expect(insert[0]!.content!.match(/<summary>/g)).toHaveLength(1);
  }
  expect(messages[0]).toEqual(edits.at(-1)!.insert[0]);
  expect(result.steps).toBe(model.requests.length);
});

test("a model that sums up nothing starts again from the task", async () => {
  const model = createScriptedModel({
    turns: (request, index) => {
      const turn = looker(16)(request, index);
      return typeof turn !== "string" && turn.content?.includes("empty")
        ? { toolCalls: [{ name: "look", arguments: {} }] }
        : turn;
    },
  });
  const messages: ChatMessage[] = [{ role: "user", content: TASK }];
  const edits: AgentEvent[] = [];
  const context = { strategy: "summary" as const, tokenizer: wordTokenizer, window: 1200 };
  for await (const event of runAgent(model, { messages, tools: [look], context })) {
    if (event.type === "context") edits.push(event);
  }
  expect(edits[0]).toMatchObject({ strategy: "summary", summary: "", at: 1, insert: [] });
});

test.each(["summary", "discard-75", "discard-all"] as const)(
  "%s keeps every prompt within the window",
  async (strategy) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1500, max: 3000 }), fc.integer({ min: 1, max: 40 }), async (window, pages) => {
        const { prompts, result } = await run(strategy, pages, {}, window);
        expect(result.stopReason).toBe("answer");
        for (const { promptTokens, reusedTokens } of prompts) {
          expect(promptTokens).toBeLessThan(window);
          expect(reusedTokens).toBeLessThanOrEqual(promptTokens);
        }
      }),
      { numRuns: 20 },
    );
  },
);

test("earlier turns of the conversation stay", async () => {
  const messages: ChatMessage[] = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hello" },
    { role: "assistant", content: "Hi" },
    { role: "user", content: TASK },
  ];
  const { edits } = await run("discard-all", 16, { messages });
  expect(edits[0]).toMatchObject({ at: 4 });
  expect(messages.slice(0, 4).map(({ content }) => content)).toEqual(["Be brief.", "Hello", "Hi", TASK]);
});

test("cutting a prompt before its special tokens changes no token, and nothing is encoded twice", () => {
  const words = fc.constantFrom(
    "a ",
    "word",
    "<｜User｜>",
    "<｜Assistant｜>",
    "<think>",
    "<｜end▁of▁sentence｜>",
    "<｜",
    "\n",
  );
  fc.assert(
    fc.property(fc.array(words), (parts) => {
      const text = parts.join("");
      expect(createPromptTokenizer(wordTokenizer).encode(text)).toEqual(wordTokenizer.encode(text));
    }),
  );
  const tokenizer = createPromptTokenizer(wordTokenizer);
  tokenizer.encode(`<｜User｜>${"a".repeat(1000)}`);
  const before = wordTokenizer.encoded;
  tokenizer.encode(`<｜User｜>${"a".repeat(1000)}<｜Assistant｜>b`);
  expect(wordTokenizer.encoded - before).toBeLessThan(20);
});

test.each([
  [{ threshold: 0 }, "context.threshold is 0"],
  [{ threshold: 1.5 }, "context.threshold is 1.5"],
  [{ window: 0.5 }, "context.window is 0.5"],
])("options that cannot be: %j", async (bad, message) => {
  const context = { strategy: "none" as const, tokenizer: wordTokenizer, ...bad };
  await expect(run("none", 1, { context })).rejects.toThrow(message);
  await expect(run("none", 1, { messages: [{ role: "system", content: "x" }] })).rejects.toThrow("no user message");
});

/** A tool with results of many words. */
const reader = (words: number) =>
  tool({
    name: "read",
    description: "Reads",
    inputSchema: z.object({}),
    maxResultCharacters: 1e7,
    execute: () => "word ".repeat(words),
  });
const reads = { reasoning: "Read.", toolCalls: [{ name: "read", arguments: {} }] };
const STRATEGIES = ["summary", "discard-75", "discard-all"] as const;

async function runPolicy(strategy: ContextStrategy, words: number, turns: ScriptedPolicy, task = TASK) {
  const model = createScriptedModel({ turns });
  const messages: ChatMessage[] = [{ role: "user", content: task }];
  const context = { strategy, tokenizer: wordTokenizer, window: 2000 };
  const edits: (AgentEvent & { type: "context" })[] = [];
  const run = runAgent(model, { messages, tools: [reader(words)], context, limits: { steps: 30 } });
  for (;;) {
    const { done, value } = await run.next();
    if (done) return { result: value, edits, model, messages };
    if (value.type === "context") edits.push(value);
  }
}

test.each(STRATEGIES)("%s: a result that cannot fit is cut, says so, and is read by the model", async (strategy) => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1300, max: 20_000 }), async (words) => {
      const { result, edits, model } = await runPolicy(strategy, words, ({ messages }) =>
        messages.length === 1 ? reads : { reasoning: "Seen.", content: messages.at(-1)!.content!.slice(-60) },
      );
      expect(edits.map((edit) => edit.strategy)).toEqual(["cut"]);
      expect(result).toMatchObject({ stopReason: "answer", steps: 2 });
      expect(model.requests[1]!.messages.at(-1)!.content).toMatch(/^word [\s\S]*left out[\s\S]*This result was cut/);
      expect(edits[0]!.after).toBeLessThan(1600);
    }),
    { numRuns: 8 },
  );
});

test.each(STRATEGIES)("%s: a model that does again what was discarded is stopped, and told apart", async (strategy) => {
  for (const words of [600, 1900, 20_000]) {
    const { result, edits } = await runPolicy(strategy, words, () => reads);
    expect(result.stopReason).toBe("context");
    expect(result.explanation).toMatch(/gained nothing 2 times in a row/);
    expect(edits.filter((edit) => edit.strategy !== "cut").length).toBeLessThanOrEqual(4);
    expect(result.steps).toBeLessThan(20);
  }
});

test("a summary as long as what it replaces is cut to leave room for work", async () => {
  const { result, edits } = await runPolicy("summary", 700, ({ messages }) => {
    if (messages.at(-1)!.content!.includes("Sum up your work")) return { reasoning: "", content: "sum ".repeat(1500) };
    return messages[0]!.content!.includes("<summary>") ? { reasoning: "Hm.", content: "done" } : reads;
  });
  expect(result.stopReason).toBe("answer");
  expect(edits.at(-1)!.after).toBeLessThan(1600);
  expect(edits.at(-1)!.insert[0]!.content).toMatch(/characters left out/);
});

test.each(STRATEGIES)("%s: a task that takes the window itself ends the run, and says so", async (strategy) => {
  const { result, edits } = await runPolicy(strategy, 10, () => reads, "word ".repeat(1900));
  expect(result.stopReason).toBe("context");
  expect(result.explanation).toMatch(/cannot be made smaller|the prompt has \d+ tokens/);
  expect(edits.length).toBeLessThan(6);
  const { result: full } = await runPolicy(strategy, 10, () => reads, "word ".repeat(3000));
  expect(full).toMatchObject({ stopReason: "context", steps: 0 });
  expect(full.explanation).toMatch(/task and what came before it \d{4}.*the window 2000/);
});

test("without a tokenizer prompts are estimated, and the host's own counts correct the estimate", async () => {
  const model = createScriptedModel({ turns: looker(8) });
  /** A host whose tokenizer gives three times as many tokens as one would think. */
  const factor = 3;
  const host = {
    ...model,
    async *generate(request: Parameters<typeof model.generate>[0]) {
      for await (const event of model.generate(request)) {
        if (event.type !== "usage") yield event;
        else yield { ...event, usage: { ...event.usage, promptTokens: factor * chatPrompt(request).length } };
      }
    },
  };
  const prompts: (AgentEvent & { type: "prompt" })[] = [];
  const usages: number[] = [];
  const messages: ChatMessage[] = [{ role: "user", content: TASK }];
  const context = { strategy: "none" as const, window: 1e6 };
  for await (const event of runAgent(host, { messages, tools: [look], context })) {
    if (event.type === "prompt") prompts.push(event);
    if (event.type === "message") usages.push(event.usage.promptTokens);
  }
  expect(prompts.every(({ estimated }) => estimated)).toBe(true);
  for (const [i, { promptTokens }] of prompts.entries()) {
    if (i > 0) expect(Math.abs(promptTokens / usages[i]! - 1)).toBeLessThan(0.1);
  }
});

test("a prompt the host refuses as too long is made shorter, and sent again", async () => {
  const model = createScriptedModel({ turns: looker(12), contextLength: 1500 });
  const messages: ChatMessage[] = [{ role: "user", content: TASK }];
  const context = { strategy: "discard-75" as const, tokenizer: { encode: () => [1] } };
  let last: AgentEvent | undefined;
  const edits: AgentEvent[] = [];
  for await (const event of runAgent(model, { messages, tools: [look], context, limits: { steps: 99 } })) {
    if (event.type === "context") edits.push(event);
    last = event;
  }
  expect(edits.length).toBeGreaterThan(0);
  expect(last).toMatchObject({ type: "end", result: { stopReason: "answer", text: "42" } });
});
