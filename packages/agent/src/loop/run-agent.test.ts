import { type ChatMessage, createScriptedModel } from "@cachalot/chat";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { calculatorTool } from "../tools/calculator.js";
import { tool } from "../tools/tool.js";
import type { AgentEvent, AgentResult } from "./events.js";
import { agentResult, type RunOptions, runAgent } from "./run-agent.js";
import { inOrder } from "./run-calls.js";

type Turns = Parameters<typeof createScriptedModel>[0]["turns"];
const ask = (text: string): ChatMessage[] => [{ role: "user", content: text }];

async function run(turns: Turns, options: Partial<RunOptions> = {}) {
  const model = createScriptedModel({ turns });
  const messages = options.messages ?? ask("Go");
  const events: AgentEvent[] = [];
  const stream = runAgent(model, { ...options, messages });
  let result: AgentResult | undefined;
  for (;;) {
    const { done, value } = await stream.next();
    if (done) {
      result = value;
      break;
    }
    events.push(value);
  }
  return { model, messages, events, result };
}

const sum = { name: "calculator", arguments: { expression: "2 + 3" } };
const endless: Turns = () => ({ toolCalls: [sum] });

test("runs the calls of a message in order and keeps every message with its reasoning", async () => {
  const { model, messages, events, result } = await run(
    [
      {
        reasoning: "Two sums.",
        toolCalls: [sum, { name: "calculator", arguments: { expression: "10 / 4" } }],
      },
      { reasoning: "Done.", content: "5 and 2.5" },
    ],
    { tools: [calculatorTool] },
  );
  expect(events.flatMap((event) => (event.type === "tool-result" ? [event.content] : []))).toEqual(["5", "2.5"]);
  expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "tool", "assistant"]);
  expect(messages[1]).toMatchObject({ reasoning_content: "Two sums." });
  expect(messages[4]).toMatchObject({ content: "5 and 2.5", reasoning_content: "Done." });
  expect(model.requests[1]!.messages).toHaveLength(4);
  expect(result).toMatchObject({ stopped: "answer", text: "5 and 2.5", steps: 2 });
  expect(events.at(-1)).toEqual({ type: "end", result });
});

test("an unknown tool, a failing one and bad arguments become results the model can read", async () => {
  const failing = tool({
    name: "fails",
    description: "Fails.",
    inputSchema: z.object({ depth: z.number().optional() }),
    execute: () => {
      throw new Error("no such luck");
    },
  });
  const { messages, result } = await run(
    [
      {
        toolCalls: [
          { name: "nothing", arguments: {} },
          { name: "fails", arguments: {} },
          { name: "fails", arguments: { depth: "deep" } },
        ],
      },
      { content: "Sorry." },
    ],
    { tools: [failing] },
  );
  expect(messages[2]!.content).toMatch(/^Error: there is no tool nothing; there are fails/);
  expect(messages[3]!.content).toBe("Error: no such luck");
  expect(messages[4]!.content).toMatch(/^Error: depth: /);
  expect(result.stopped).toBe("answer");
});

test("stops at its limits of steps, tokens, cost and time, and when it is aborted", async () => {
  const tools = [calculatorTool];
  expect((await run(endless, { tools, limits: { steps: 3 } })).result).toMatchObject({ stopped: "steps", steps: 3 });
  expect((await run(endless, { tools })).result).toMatchObject({ stopped: "steps", steps: 16 });
  const cheap = { tools, cost: () => 2, limits: { cost: 5 } };
  expect((await run(endless, cheap)).result).toMatchObject({ stopped: "cost", steps: 3, cost: 6 });
  const stuck = tool({
    name: "calculator",
    description: "Never ends.",
    inputSchema: z.looseObject({}),
    execute: () => new Promise(() => {}),
  });
  const timed = await run(endless, { tools: [stuck], limits: { durationMs: 50 } });
  expect(timed.result.stopped).toBe("time");
  expect(timed.messages.at(-1)).toMatchObject({ role: "tool", content: expect.stringContaining("was stopped") });
  const abort = new AbortController();
  const hooks = { afterTool: () => void abort.abort() };
  expect((await run(endless, { tools, hooks, signal: abort.signal })).result.stopped).toBe("aborted");
  await expect(run(endless, { limits: { steps: 0 } })).rejects.toMatchObject({ code: "invalid_run" });
  await expect(run(endless, { limits: { cost: 1 } })).rejects.toMatchObject({ code: "invalid_run" });
  await expect(run(endless, { tools: [calculatorTool, calculatorTool] })).rejects.toThrow("Two tools are called");
});

test("a person may deny a call, and hooks see and change what happens", async () => {
  const seen: string[] = [];
  const { messages } = await run([{ toolCalls: [sum, sum] }, { content: "Well." }], {
    tools: [calculatorTool],
    runId: "r",
    approve: ({ call }) => {
      seen.push(`approve ${call.function.name}`);
      return seen.length === 2 ? { approved: false, reason: "not today" } : { approved: true };
    },
    hooks: {
      beforeModel: ({ step }) => void seen.push(`model ${step}`),
      beforeTool: ({ args }) => void seen.push(`run ${args.expression}`),
      afterTool: ({ outcome }) => `${outcome.content}!`,
    },
  });
  expect(messages.filter(({ role }) => role === "tool").map(({ content }) => content)).toEqual([
    "Error: the call was denied: not today",
    "5!",
  ]);
  expect(seen).toEqual(["model 0", "approve calculator", "approve calculator", "run 2 + 3", "model 1"]);
});

test("an answer must fit the output schema; the model is told why it does not, a bounded number of times", async () => {
  const output = { schema: z.object({ depth: z.number() }), maxAttempts: 2 };
  const good = await run([{ content: "deep" }, { content: '```json\n{"depth": 2250}\n```' }], { output });
  expect(good.result).toMatchObject({ stopped: "answer", output: { depth: 2250 } });
  expect(good.messages[2]).toMatchObject({ role: "user", content: expect.stringContaining("does not fit") });
  const bad = await run(() => ({ content: '{"depth": "very"}' }), { output });
  expect(bad.result).toMatchObject({ stopped: "invalid_output", steps: 2 });
  expect(bad.result.output).toBeUndefined();
});

test("every attempt at a call has a key of its own, the same when the run is run again", async () => {
  const keys: string[] = [];
  const keyed = tool({
    name: "calculator",
    description: "Tells its key.",
    inputSchema: z.looseObject({}),
    execute: (_, { idempotencyKey }) => keys.push(idempotencyKey),
  });
  const turns: Turns = [{ toolCalls: [sum, sum] }, { toolCalls: [sum] }, { content: "" }];
  await agentResult(runAgent(createScriptedModel({ turns }), { messages: ask("Go"), tools: [keyed], runId: "a" }));
  await agentResult(runAgent(createScriptedModel({ turns }), { messages: ask("Go"), tools: [keyed], runId: "a" }));
  expect(keys.slice(0, 3)).toEqual(["a:0:0", "a:0:1", "a:1:0"]);
  expect(keys.slice(3)).toEqual(keys.slice(0, 3));
});

test("results come in order; concurrent tasks share a bounded number of places, others run alone", async () => {
  const tasksArbitrary = fc.array(fc.record({ concurrent: fc.boolean(), ticks: fc.nat(4) }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(tasksArbitrary, fc.integer({ min: 1, max: 4 }), async (tasks, limit) => {
      let active = 0;
      const results: number[] = [];
      const runs = tasks.map(({ concurrent, ticks }, i) => ({
        concurrent,
        async run() {
          active++;
          expect(active).toBeLessThanOrEqual(concurrent ? limit : 1);
          for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
          active--;
          return i;
        },
      }));
      for await (const result of inOrder(runs, limit)) results.push(result);
      expect(results).toEqual(tasks.map((_, i) => i));
    }),
  );
});
