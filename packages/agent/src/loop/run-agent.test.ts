import { type ChatMessage, createScriptedModel, encodeMessages, type ScriptedTurn } from "@cachalot/chat";
import { expect, test } from "vitest";
import * as z from "zod";
import { calculatorTool } from "../tools/calculator.js";
import { type Tool, tool } from "../tools/tool.js";
import type { AgentEvent, AgentResult } from "./events.js";
import { agentResult, runAgent } from "./run-agent.js";
import type { RunOptions } from "./run-options.js";

type Options = Omit<RunOptions, "messages">;

/** Runs a script to its end; the conversation that is left must be one that can be encoded. */
async function run(turns: readonly (ScriptedTurn | string)[] | (() => ScriptedTurn), options: Options = {}) {
  const model = createScriptedModel({ turns });
  const messages: ChatMessage[] = [{ role: "user", content: "Go" }];
  const events: AgentEvent[] = [];
  for await (const event of runAgent(model, { ...options, messages })) events.push(event);
  const { result } = events.at(-1) as { result: AgentResult };
  encodeMessages([...messages, { role: "user", content: "Next" }], { thinkingMode: "thinking" });
  return { model, messages, events, result };
}

const calling = (...calls: [string, Record<string, unknown> | string][]): ScriptedTurn => ({
  reasoning: "Calls.",
  toolCalls: calls.map(([name, args]) => ({ name, arguments: args })),
});
const echo = tool({
  name: "echo",
  description: "",
  inputSchema: z.object({ text: z.string() }),
  concurrent: true,
  execute: ({ text }) => text,
});
const results = (messages: readonly ChatMessage[]) =>
  messages.flatMap(({ role, content }) => (role === "tool" ? [content] : []));

test("runs the calls of a message in order and keeps every message with its reasoning", async () => {
  const { model, messages, result } = await run(
    [
      calling(["calculator", { expression: "2 + 3" }], ["calculator", { expression: "10 / 4" }]),
      { reasoning: "Done.", content: "5 and 2.5" },
    ],
    { tools: [calculatorTool] },
  );
  expect(results(messages)).toEqual(["5", "2.5"]);
  expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "tool", "assistant"]);
  expect(messages[1]).toMatchObject({ reasoning_content: "Calls." });
  expect(messages[4]).toMatchObject({ content: "5 and 2.5", reasoning_content: "Done." });
  expect(model.requests[1]!.messages).toHaveLength(4);
  expect(result).toMatchObject({ stopReason: "answer", text: "5 and 2.5", steps: 2, messages });
  expect(result.usage.completionTokens).toBeGreaterThan(0);
});

test("what goes wrong with a call is a result: no such tool, bad arguments, no JSON, a tool that throws", async () => {
  const fails: Tool = {
    definition: { type: "function", function: { name: "fails" } },
    execute: () => {
      throw new Error("no such luck");
    },
  };
  const { messages, result } = await run(
    [
      calling(["nothing", {}], ["echo", { text: 3 }], ["fails", {}], ["echo", "{}"]),
      { reasoning: "Hm.", content: "Sorry." },
    ],
    { tools: [echo, fails] },
  );
  expect(results(messages)).toEqual([
    "Error: there is no tool nothing; there are echo, fails",
    expect.stringMatching(/^Error: text: .*correct the arguments/),
    "Error: no such luck",
    expect.stringMatching(/^Error: text: /),
  ]);
  expect(result.stopReason).toBe("answer");
});

test("halves of characters never reach the conversation: from tools, arguments, errors, hooks or the model", async () => {
  const broken = tool({ name: "broken", description: "", inputSchema: z.object({}), execute: () => "caf\udce9" });
  const seen: unknown[] = [];
  const watch = tool({
    name: "watch",
    description: "",
    inputSchema: z.object({ text: z.string() }),
    execute: ({ text }) => {
      seen.push(text);
      throw new Error("no \ud83d");
    },
  });
  const { messages, events } = await run(
    [
      calling(["broken", {}], ["watch", String.raw`{"text":"\ud83d","\ude00":1}`], ["watch", '{"text":"\ud83d"}']),
      { reasoning: "Hm \udfff.", content: "So\ud800" },
    ],
    {
      tools: [broken, watch],
      hooks: { afterTool: ({ outcome }) => (outcome.isError ? undefined : `${outcome.content} \udc00`) },
    },
  );
  expect(results(messages)).toEqual(["caf\ufffd \ufffd", "Error: no \ufffd", "Error: no \ufffd"]);
  expect(seen).toEqual(["\ufffd", "\ufffd"]);
  expect(JSON.stringify(messages)).not.toMatch(/\\ud[89a-f]/i);
  const end = events.at(-1) as AgentEvent & { type: "end" };
  expect(end.result.text).toBe("So\ufffd");
});

test("calls of one message that share an id get one each, and results go to the right ones", async () => {
  const turn = calling(["echo", { text: "A" }], ["echo", { text: "B" }], ["echo", { text: "C" }]);
  const { messages } = await run(
    [
      { ...turn, toolCalls: turn.toolCalls!.map((call) => ({ ...call, id: "same" })) },
      { reasoning: "Hm.", content: "Done" },
    ],
    { tools: [echo] },
  );
  const calls = messages.flatMap((message) => (message.role === "assistant" ? (message.tool_calls ?? []) : []));
  expect(calls.map(({ id }) => id)).toEqual(["same", "same-2", "same-3"]);
  const answered = messages.flatMap((message) =>
    message.role === "tool" ? [[message.tool_call_id, message.content]] : [],
  );
  expect(answered).toEqual([
    ["same", "A"],
    ["same-2", "B"],
    ["same-3", "C"],
  ]);
});

test("arguments that are no JSON are answered, and stay in a conversation that can still be encoded", async () => {
  const { messages } = await run(
    [calling(["echo", '{"text": "cut'], ["echo", "[1]"]), { reasoning: "Hm.", content: "Sorry." }],
    {
      tools: [echo],
    },
  );
  expect(results(messages)).toEqual(Array(2).fill("Error: the arguments are no JSON object; send one"));
  expect(messages[1]).toMatchObject({
    tool_calls: [
      { function: { arguments: JSON.stringify({ invalid_arguments: '{"text": "cut' }) } },
      { function: { arguments: JSON.stringify({ invalid_arguments: "[1]" }) } },
    ],
  });
});

test("concurrent tools run side by side, their results stay in the order of the calls", async () => {
  const log: string[] = [];
  const slow = (concurrent: boolean): Tool => ({
    definition: { type: "function", function: { name: concurrent ? "side" : "alone" } },
    concurrent,
    async execute({ id, ms }) {
      log.push(`+${id}`);
      await new Promise((resolve) => setTimeout(resolve, ms as number));
      log.push(`-${id}`);
      return `${id}`;
    },
  });
  const { messages, events } = await run(
    [
      calling(
        ["side", { id: "a", ms: 40 }],
        ["side", { id: "b", ms: 1 }],
        ["alone", { id: "c", ms: 1 }],
        ["side", { id: "d", ms: 1 }],
      ),
      { reasoning: "Done.", content: "ok" },
    ],
    { tools: [slow(true), slow(false)] },
  );
  expect(results(messages)).toEqual(["a", "b", "c", "d"]);
  expect(events.flatMap((event) => (event.type === "tool-result" ? [event.index] : []))).toEqual([0, 1, 2, 3]);
  expect(log.join(" ")).toBe("+a +b -b -a +c -c +d -d");
});

const forever = () => calling(["echo", { text: "x" }]);

test.each<[string, RunOptions["limits"], Options, number]>([
  ["steps", { steps: 3 }, {}, 3],
  ["tokens", { tokens: 1 }, {}, 1],
  ["cost", { cost: 0.03 }, { cost: ({ completionTokens }) => (completionTokens > 0 ? 0.02 : 0) }, 2],
])("stops at the limit of %s, with every call answered", async (name, limits, options, steps) => {
  const { result, messages } = await run(forever, { tools: [echo], limits: limits!, ...options });
  expect(result).toMatchObject({ stopReason: name, steps });
  expect(messages.at(-1)!.role).toBe("tool");
});

test("the time limit stops a tool that does not listen, and a run that goes on and on", async () => {
  const deaf: Tool = {
    definition: { type: "function", function: { name: "deaf" } },
    execute: () => new Promise(() => {}),
  };
  const { result, messages } = await run([calling(["deaf", {}], ["deaf", {}])], {
    tools: [deaf],
    limits: { durationMs: 50 },
  });
  expect(result.stopReason).toBe("time");
  expect(results(messages)).toEqual([
    expect.stringContaining("the run was stopped while this call was at work"),
    expect.stringContaining("it was not run"),
  ]);
});

test("aborting ends the run; what was said is kept, calls that were not complete are not", async () => {
  const controller = new AbortController();
  const model = createScriptedModel({ turns: [{ reasoning: "Thinking of a long answer", content: "never said" }] });
  const messages: ChatMessage[] = [{ role: "user", content: "Go" }];
  let last: AgentEvent | undefined;
  for await (const event of runAgent(model, { messages, signal: controller.signal })) {
    if (event.type === "reasoning") controller.abort();
    last = event;
  }
  expect(last).toMatchObject({ type: "end", result: { stopReason: "aborted" } });
  expect(messages[1]).toMatchObject({ role: "assistant", content: "" });
  const cut = await run([{ ...calling(["echo", '{"text": "x']), finishReason: "length" }], { tools: [echo] });
  expect(cut.result.stopReason).toBe("length");
  expect(cut.messages[1]).toEqual({ role: "assistant", content: "", reasoning_content: "Calls." });
});

test("approval is asked in order before any call is run; the model reads why one was denied", async () => {
  const log: string[] = [];
  const noted = { ...echo, execute: ({ text }: Record<string, unknown>) => `${log.push(`ran ${text}`)}` };
  const { messages } = await run(
    [
      calling(["echo", { text: "a" }], ["echo", { text: "b" }], ["echo", { text: "c" }]),
      { reasoning: "Ok.", content: "ok" },
    ],
    {
      tools: [noted],
      approve: async ({ args }) => {
        log.push(`asked ${args.text}`);
        return args.text === "b" ? { approved: false, reason: "not on a Friday" } : { approved: true };
      },
    },
  );
  expect(log).toEqual(["asked a", "asked b", "asked c", "ran a", "ran c"]);
  expect(results(messages)[1]).toBe("Error: the call was denied: not on a Friday");
});

test("hooks see everything, may edit the conversation, answer for a tool and change a result", async () => {
  const log: string[] = [];
  const { messages, model } = await run(
    [calling(["echo", { text: "a" }], ["echo", { text: "b" }]), { reasoning: "Ok.", content: "ok" }],
    {
      tools: [echo],
      hooks: {
        beforeModel: ({ step, messages }) => {
          log.push(`model ${step}`);
          if (step === 1) messages[0] = { role: "user", content: "Edited" };
        },
        afterModel: ({ step, finishReason }) => void log.push(`${step} ${finishReason}`),
        beforeTool: ({ args }) => (args.text === "a" ? "instead" : undefined),
        afterTool: ({ outcome }) => (outcome.content === "b" ? "B" : undefined),
      },
    },
  );
  expect(log).toEqual(["model 0", "0 tool_calls", "model 1", "1 stop"]);
  expect(results(messages)).toEqual(["instead", "B"]);
  expect(model.requests[1]!.messages[0]).toEqual({ role: "user", content: "Edited" });
});

test("tools are told the call's id, a key that is the same in a repeated run, and the signal", async () => {
  const keys: string[] = [];
  const keyed: Tool = {
    ...echo,
    execute: (_, { callId, idempotencyKey }) => `${keys.push(`${callId} ${idempotencyKey}`)}`,
  };
  for (let i = 0; i < 2; i++) {
    await run([calling(["echo", { text: "" }], ["echo", { text: "" }]), { reasoning: "Ok.", content: "" }], {
      tools: [keyed],
      runId: "r",
    });
  }
  expect(keys).toEqual([...Array(2)].flatMap(() => ["call_0_0 r:0:0", "call_0_1 r:0:1"]));
});

const person = z.object({ name: z.string(), age: z.number().int().min(0) });

test.each([
  ["zod", person],
  ["JSON Schema", z.toJSONSchema(person) as Record<string, unknown>],
])("an answer by %s: what does not fit is told and tried again", async (_, schema) => {
  const { result, messages, model } = await run(
    [
      { reasoning: '{"name": "in the thinking", "age": 1}', content: "Ada is 36." },
      { reasoning: "Hm.", content: '{"name": "Ada", "age": -1}' },
      { reasoning: "Ah.", content: '```json\n{"name": "Ada", "age": 36}\n```' },
    ],
    { output: { schema } },
  );
  expect(result).toMatchObject({ stopReason: "answer", output: { name: "Ada", age: 36 }, steps: 3 });
  expect(messages[2]!.content).toMatch(/does not fit the response format:\n- answer: no JSON/);
  expect(messages[4]!.content).toMatch(/- age: /);
  expect(model.requests[0]!.responseFormat).toMatchObject({ type: "object", required: ["name", "age"] });
});

test("answers that never fit end the run", async () => {
  const { result, events } = await run(() => ({ reasoning: "Hm.", content: "no" }), {
    output: { schema: person, maxAttempts: 2 },
  });
  expect(result).toMatchObject({ stopReason: "invalid_output", steps: 2, text: "no" });
  expect(result).not.toHaveProperty("output");
  expect(events.filter(({ type }) => type === "output-rejected")).toHaveLength(1);
});

test.each<[Options, string]>([
  [{ tools: [echo, echo] }, "Two tools are called echo"],
  [{ limits: { steps: 0 } }, "limits.steps is 0"],
  [{ limits: { durationMs: Number.NaN } }, "limits.durationMs is NaN"],
  [{ limits: { cost: 1 } }, "needs the option cost"],
  [{ output: { schema: { type: "objekt" } } }, "output schema does not compile"],
])("options that cannot be: %j", async (options, message) => {
  const model = createScriptedModel({ turns: ["hi"] });
  const messages: ChatMessage[] = [{ role: "user", content: "Go" }];
  await expect(agentResult(runAgent(model, { ...options, messages }))).rejects.toThrow(message);
  expect(model.requests).toHaveLength(0);
});

test("an error of the model is thrown, with the conversation as it was", async () => {
  const model = createScriptedModel({ turns: [{ content: "half", error: new Error("upstream broke") }] });
  const messages: ChatMessage[] = [{ role: "user", content: "Go" }];
  await expect(agentResult(runAgent(model, { messages }))).rejects.toThrow("upstream broke");
  expect(messages).toHaveLength(1);
});
