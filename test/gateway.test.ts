/** The stock openai client against real gateway processes: reasoning it drops on purpose reaches the model. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calculate, calculatorDefinition } from "@cachalot/agent";
import { attachTools, type ChatMessage, encodeMessages, type ToolDefinition } from "@cachalot/chat";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { cachalot, type Served, serve } from "./support/cachalot.js";
import { type QuirkServer, startQuirkServer } from "./support/quirk-server.js";

let host: QuirkServer;
let dir: string;
const running: Served[] = [];
beforeAll(async () => {
  host = await startQuirkServer();
  dir = await mkdtemp(join(tmpdir(), "cachalot-gateway-"));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((served) => served.stop()));
});
afterAll(async () => {
  await host.stop();
  await rm(dir, { recursive: true });
});

async function started(args: readonly string[]): Promise<Served> {
  const served = await serve(args);
  running.push(served);
  return served;
}

const gateway = (...args: string[]): Promise<Served> => started(["--upstream", host.baseUrl, ...args]);
const clientOf = ({ url }: Served): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
const metrics = async ({ url }: Served): Promise<string> => (await fetch(`${url}/metrics`)).text();

const tools: ToolDefinition[] = ["list_ports", "tide", "wind", "depth"].map((name) => ({
  type: "function",
  function: {
    name,
    description: `Asks for ${name}`,
    parameters: { type: "object", properties: { port: { type: "string" } } },
  },
}));

type WireMessage = OpenAI.ChatCompletionMessage & { reasoning_content?: string };

/** A conversation whose client drops reasoning, beside what it should have kept. */
class Voyage {
  readonly sent: ChatMessage[];
  readonly full: ChatMessage[];
  readonly repairs: (string | null)[] = [];
  answer: string | null = null;

  constructor(name: string) {
    const ask: ChatMessage = { role: "user", content: `[quirk journey/${name}] Where to, and when?` };
    const system: ChatMessage = { role: "system", content: "You are a pilot." };
    this.sent = [system, ask];
    this.full = [system, ask];
  }

  /** One request. Calls are answered at once. */
  async step(served: Served): Promise<void> {
    const body = {
      model: "deepseek-v3.2",
      messages: this.sent,
      tools,
    } as OpenAI.ChatCompletionCreateParamsNonStreaming;
    const { data, response } = await clientOf(served).chat.completions.create(body).withResponse();
    this.repairs.push(response.headers.get("x-cachalot-repairs"));
    const message = data.choices[0]!.message as WireMessage;
    const { reasoning_content: _, ...dropped } = message;
    this.answer = message.content;
    this.sent.push(dropped as ChatMessage);
    this.full.push(message as ChatMessage);
    for (const call of message.tool_calls ?? []) {
      const result: ChatMessage = { role: "tool", tool_call_id: call.id, content: `{"ok": ${this.sent.length}}` };
      this.sent.push(result);
      this.full.push(result);
    }
  }
}

/** The conversation as it was before each request. */
function histories(full: readonly ChatMessage[]): ChatMessage[][] {
  return full.flatMap((message, i) => (message.role === "assistant" ? [full.slice(0, i)] : []));
}

describe("five steps with tools, the client dropping all reasoning", () => {
  test("raw: every prompt is byte for byte the one with the reasoning", async () => {
    const served = await gateway("--mode", "raw", "--profile", "vllm");
    const voyage = new Voyage("raw");
    for (let i = 0; i < 6; i++) await voyage.step(served);
    expect(voyage.answer).toBe("Sail to Brest at six.");
    const prompts = (await host.log("journey/raw")).map(({ body }) => body.prompt);
    const expected = histories(voyage.full).map((messages) =>
      encodeMessages(attachTools(messages, { tools }), { thinkingMode: "thinking" }),
    );
    expect(expected).toHaveLength(6);
    expect(prompts).toEqual(expected);
    expect(prompts.at(-1)).toContain("One last check of the depth: 12.50 m or more.</think>");
    expect(prompts.at(-1)).toContain('<｜DSML｜parameter name="least" string="false">12.5</｜DSML｜parameter>');
    expect(voyage.repairs).toEqual([null, ...[1, 2, 3, 4, 5].map((count) => `restored-reasoning=${count}`)]);
    expect(await metrics(served)).toContain('cachalot_repairs_total{kind="restored-reasoning"} 15');
  });

  test("messages: a host that refuses histories without reasoning gets it", async () => {
    const served = await gateway("--profile", "deepseek");
    const voyage = new Voyage("messages");
    for (let i = 0; i < 6; i++) await voyage.step(served);
    expect(voyage.answer).toBe("Sail to Brest at six.");
    const log = await host.log("journey/messages");
    expect(log.map(({ refused }) => refused)).toEqual(Array.from({ length: 6 }, () => undefined));
    const reasoning = (messages: readonly object[]) =>
      messages.flatMap((message) => ("role" in message && message.role === "assistant" ? [message] : []));
    const last = reasoning(log.at(-1)?.body.messages ?? []) as { reasoning_content?: string }[];
    const kept = reasoning(histories(voyage.full).at(-1) ?? []) as { reasoning_content?: string }[];
    expect(last.map((message) => message.reasoning_content)).toEqual(kept.map((message) => message.reasoning_content));
    expect(last).toHaveLength(5);
  });

  test("a gateway that was killed between two steps still knows, also from a file that was damaged", async () => {
    const args = ["--mode", "raw", "--profile", "vllm", "--memory", join(dir, "memory.jsonl")];
    const voyage = new Voyage("killed");
    const first = await gateway(...args);
    for (let i = 0; i < 3; i++) await voyage.step(first);
    running.splice(0);
    first.process.kill("SIGKILL");
    await first.stop();
    await writeFile(join(dir, "memory.jsonl"), "torn off in the midd", { flag: "a" });
    const second = await gateway(...args);
    for (let i = 0; i < 3; i++) await voyage.step(second);
    expect(voyage.repairs.at(-1)).toBe("restored-reasoning=5");
    const prompts = (await host.log("journey/killed")).map(({ body }) => body.prompt);
    const last = histories(voyage.full).at(-1)!;
    expect(prompts.at(-1)).toBe(encodeMessages(attachTools(last, { tools }), { thinkingMode: "thinking" }));
  });
});

test("a client that streams and hangs up frees the host", async () => {
  for (const mode of ["raw", "messages"]) {
    const served = await gateway("--mode", mode, "--profile", "vllm");
    const stream = await clientOf(served).chat.completions.create({
      model: "deepseek-v3.2",
      messages: [{ role: "user", content: `[quirk forever/${mode}] Go on.` }],
      stream: true,
    });
    let chunks = 0;
    for await (const _ of stream) if (++chunks > 2) break;
    await expect.poll(async () => (await host.log(`forever/${mode}`))[0]?.hungUp, { timeout: 5000 }).toBe(true);
    await expect.poll(() => metrics(served)).toContain("cachalot_generations_in_flight 0");
  }
});

test("a client's words for thinking become the host's", async () => {
  const served = await gateway("--profile", "sglang");
  const switches = [{ thinking: { type: "disabled" } }, { chat_template_kwargs: { enable_thinking: false } }, {}];
  for (const words of switches) {
    await clientOf(served).chat.completions.create({
      model: "deepseek-v3.2",
      messages: [{ role: "user", content: "[quirk bos-added/switches] Hello?" }],
      ...words,
    });
  }
  const bodies = (await host.log("bos-added/switches")).map(({ body }) => body);
  expect(bodies.map(({ chat_template_kwargs: kwargs }) => kwargs)).toEqual([
    { thinking: false },
    { thinking: false },
    { thinking: true },
  ]);
  expect(bodies.every((body) => body.thinking === undefined)).toBe(true);
});

test("Speciale refuses tools and says so; its key comes from the environment", async () => {
  process.env.CACHALOT_TEST_KEY = "secret";
  const served = await gateway("--speciale", "--profile", "vllm", "--upstream-key-env", "CACHALOT_TEST_KEY");
  const messages = [{ role: "user" as const, content: "[quirk reasoning-field/speciale] Hello?" }];
  const ask = { model: "deepseek-v3.2", messages };
  const client = clientOf(served);
  await expect(
    client.chat.completions.create({ ...ask, tools: tools as OpenAI.ChatCompletionTool[] }),
  ).rejects.toMatchObject({ status: 400, code: "tools_not_supported", param: "tools" });
  const { data, response } = await client.chat.completions
    .create({ ...ask, thinking: { type: "disabled" } } as OpenAI.ChatCompletionCreateParamsNonStreaming)
    .withResponse();
  expect(data.choices[0]?.message.content).toBe("Hello, whale 🐋!");
  expect(response.headers.get("x-cachalot-repairs")).toBe("forced-thinking=1");
  const [request] = await host.log("reasoning-field/speciale");
  expect(request?.authorization).toBe("Bearer secret");
  expect(request?.body.chat_template_kwargs).toEqual({ thinking: true, enable_thinking: true });
});

test.each([
  [["--upstream", "http://127.0.0.1:1/v1"], "Cannot reach http://127.0.0.1:1/v1/models"],
  [["--upstream", "http://127.0.0.1:1/v1", "--model", "x"], "use --upstream-model"],
  [["--upstream", "http://127.0.0.1:1/v1", "--upstream-key-env", "CACHALOT_UNSET"], "CACHALOT_UNSET is not set"],
  [["--upstream", "nonsense", "--upstream-model", "m"], "is no URL"],
  [
    ["--upstream", "http://127.0.0.1:1/v1", "--upstream-model", "m", "--profile", "deepseek", "--mode", "raw"],
    'use mode "messages"',
  ],
])("serve %j fails with one clear line", async (args, message) => {
  const { status, stderr } = await cachalot(["serve", "--port", "0", ...args]);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("before our own engine: a real model answers through the gateway as it does with its reasoning sent back", async () => {
  const engine = await started([]);
  const served = await started(["--upstream", `${engine.url}/v1`, "--mode", "raw", "--profile", "vllm"]);
  const turn = async (to: Served, keeps: boolean) => {
    const messages = [{ role: "user", content: "What is 348 + 1297?" }] as OpenAI.ChatCompletionMessageParam[];
    for (;;) {
      const { data, response } = await clientOf(to)
        .chat.completions.create({
          model: "cachalot-embedded",
          messages,
          tools: [calculatorDefinition as OpenAI.ChatCompletionTool],
          temperature: 0,
          max_tokens: 300,
        })
        .withResponse();
      const message = data.choices[0]!.message as WireMessage;
      const { reasoning_content: reasoning, ...dropped } = message;
      messages.push(keeps ? message : dropped);
      if (!message.tool_calls?.length) {
        const tokens = [data.usage?.prompt_tokens, data.usage?.completion_tokens];
        return { content: message.content, reasoning, tokens, repairs: response.headers.get("x-cachalot-repairs") };
      }
      for (const call of message.tool_calls) {
        if (call.type !== "function") continue;
        const { expression } = JSON.parse(call.function.arguments) as { expression: string };
        messages.push({ role: "tool", tool_call_id: call.id, content: calculate(expression) });
      }
    }
  };
  const honest = await turn(engine, true);
  const forgetful = await turn(served, false);
  expect(honest.content).toContain("1645");
  expect(forgetful).toEqual({ ...honest, repairs: "restored-reasoning=1" });
  const raw = await clientOf(served).completions.create({ model: "cachalot-embedded", prompt: "Hello", max_tokens: 3 });
  expect(raw.choices[0]?.text.length).toBeGreaterThan(0);
});
