/** The embedded model behind a real server process, spoken to by the official client and by the terminal. */
import { tmpdir } from "node:os";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { cachalot, type Served, serve } from "./support/cachalot.js";

let served: Served;
let client: OpenAI;
beforeAll(async () => {
  served = await serve();
  client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(async () => {
  expect(await served.stop()).toBe(0);
});

const model = "cachalot-embedded";
type Thinking = { reasoning_content?: string };

test("the example holds a conversation of two turns with thinking and real calculator calls", async () => {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  const { argv } = process;
  process.argv = [...argv.slice(0, 2), `${served.url}/v1`];
  try {
    await import("../examples/01-two-turns-with-a-calculator.js");
  } finally {
    process.argv = argv;
    log.mockRestore();
  }
  const of = (kind: string) => lines.filter((line) => line.startsWith(kind));
  expect(of("call")).toEqual([
    expect.stringContaining("348 + 1297 = 1645"),
    expect.stringContaining("1645 * 10 = 16450"),
  ]);
  expect(of("thinking").length).toBeGreaterThanOrEqual(4);
  expect(of("answer")[0]).toContain("1645");
  expect(of("answer")[1]).toContain("16450");
});

test("it answers with and without thinking, by either switch", async () => {
  const messages = [{ role: "user" as const, content: "Hello!" }];
  const ask = async (more: object) =>
    (await client.chat.completions.create({ model, messages, temperature: 0, max_tokens: 200, ...more })).choices[0]!
      .message as OpenAI.ChatCompletionMessage & Thinking;
  const thinking = await ask({});
  expect(thinking.reasoning_content).toBeTruthy();
  expect(thinking.content).toBeTruthy();
  for (const off of [{ thinking: { type: "disabled" } }, { chat_template_kwargs: { thinking: false } }]) {
    const plain = await ask(off);
    expect(plain.reasoning_content ?? "").toBe("");
    expect(plain.content).toBeTruthy();
  }
});

test("the same seed gives the same stream, another one another; usage and logprobs add up", async () => {
  const ask = async (seed: number) => {
    const stream = await client.chat.completions.create({
      model,
      messages: [{ role: "user", content: "Tell me about whales." }],
      seed,
      temperature: 2,
      max_tokens: 40,
      stream: true,
      stream_options: { include_usage: true },
      logprobs: true,
      top_logprobs: 1,
    });
    let text = "";
    let tokens = 0;
    let usage: OpenAI.CompletionUsage | undefined;
    for await (const chunk of stream) {
      const delta = chunk.choices[0]?.delta as (OpenAI.ChatCompletionChunk.Choice.Delta & Thinking) | undefined;
      text += (delta?.reasoning_content ?? "") + (delta?.content ?? "");
      tokens += chunk.choices[0]?.logprobs?.content?.length ?? 0;
      usage = chunk.usage ?? usage;
    }
    expect(usage?.completion_tokens).toBe(tokens);
    return text;
  };
  const [first, again, other] = [await ask(1), await ask(1), await ask(2)];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

test("raw completions continue a text; the second of two like prompts is read from the cache", async () => {
  const prompt = "It was a bright morning, and the ship lay quietly at anchor in the bay while the men slept.".repeat(
    4,
  );
  const ask = () => client.completions.create({ model, prompt, max_tokens: 8, temperature: 0 });
  const [first, second] = [await ask(), await ask()];
  expect(first.choices[0]!.text).not.toBe("");
  expect(second.choices[0]!.text).toBe(first.choices[0]!.text);
  expect(second.usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThan(40);
});

test("a prompt that does not fit is refused with the limit named, and the server goes on", async () => {
  const content = "whale ".repeat(6000);
  await expect(client.chat.completions.create({ model, messages: [{ role: "user", content }] })).rejects.toMatchObject({
    status: 400,
    code: "context_length_exceeded",
    message: expect.stringContaining("4096"),
  });
  expect((await fetch(`${served.url}/health`)).status).toBe(200);
});

test("a client that hangs up frees its slot", async () => {
  const abort = new AbortController();
  const stream = await client.completions.create(
    { model, prompt: "Once upon a time", max_tokens: 3000, stream: true, stop: ["\u0000"] },
    { signal: abort.signal },
  );
  for await (const _ of stream) break;
  abort.abort();
  await expect
    .poll(async () => (await fetch(`${served.url}/metrics`)).text(), { timeout: 5000 })
    .toMatch(/cachalot_active_sequences 0/);
});

test("chat in the terminal: thinking apart from the answer, a calculator call with its result", async () => {
  const { status, stdout } = await cachalot(["chat", "--temperature", "0"], "What is 348 + 1297?\nAnd times 10?\n");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^thinking {2}/m);
  expect(stdout).toMatch(/^call {6}calculator \{"expression": ?"348 \+ 1297"\}/m);
  expect(stdout).toMatch(/^result {4}1645$/m);
  expect(stdout).toMatch(/^answer {4}.*1645/m);
  expect(stdout).toMatch(/^result {4}16450$/m);
});

test("without the native addon the wasm device answers, with one line that says so", async () => {
  const args = ["generate", "Hello!", "--no-thinking", "--temperature", "0", "--max-tokens", "4"];
  const { status, stdout, stderr } = await cachalot(args, "", { CACHALOT_DISABLE_NATIVE: "1" });
  expect(status).toBe(0);
  expect(stdout.trim()).not.toBe("");
  expect(stderr.match(/wasm device/g)).toHaveLength(1);
});

test("Speciale ships beside it: found by its name, always thinking, without tools", async () => {
  const speciale = await serve(["--model", "embedded-speciale"], tmpdir());
  try {
    const { model } = speciale;
    const { chat } = new OpenAI({ baseURL: `${speciale.url}/v1`, apiKey: "none", maxRetries: 0 });
    const messages = [{ role: "user" as const, content: "Sort 7 3 5, ascending." }];
    for (const more of [{}, { thinking: { type: "disabled" } }]) {
      const { choices } = await chat.completions.create({ model, messages, temperature: 0, max_tokens: 300, ...more });
      expect((choices[0]!.message as Thinking).reasoning_content).toBeTruthy();
    }
    const parameters = { type: "object", properties: {} };
    const tools = [{ type: "function" as const, function: { name: "clock", parameters } }];
    await expect(chat.completions.create({ model, messages, tools })).rejects.toMatchObject({ status: 400 });
  } finally {
    await speciale.stop();
  }
});
