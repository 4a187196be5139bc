/** The API as OpenAI's own client sees it, over a real socket. */

import { ChatError, type ChatModel, createScriptedModel, type ScriptedTurn } from "@cachalot/chat";
import OpenAI from "openai";
import { afterEach, expect, test } from "vitest";
import { createServer, type RunningServer, type ServerOptions } from "./index.js";

const servers: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(options: ServerOptions) {
  const server = await createServer({ port: 0, graceMs: 100, ...options });
  servers.push(server);
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: options.apiKey ?? "none", maxRetries: 0 });
  return { server, client, metrics: async () => (await fetch(`${server.url}/metrics`)).text() };
}

const user = { role: "user" as const, content: "Hello there" };
const weather = {
  type: "function" as const,
  function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
};

test("answers with content, reasoning and usage", async () => {
  const chat = createScriptedModel({ turns: [{ reasoning: "A greeting.", content: "Hi 😀" }] });
  const { client } = await serve({ chat });
  const completion = await client.chat.completions.create({ model: "scripted", messages: [user] });
  expect(completion.object).toBe("chat.completion");
  expect(completion.id).toMatch(/^chatcmpl-/);
  expect(completion.choices).toEqual([
    {
      index: 0,
      message: { role: "assistant", content: "Hi 😀", reasoning_content: "A greeting.", refusal: null },
      logprobs: null,
      finish_reason: "stop",
    },
  ]);
  const { usage } = completion;
  expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  expect(usage?.completion_tokens_details?.reasoning_tokens).toBe(3);
  expect(chat.requests[0]).toMatchObject({ messages: [user], thinkingMode: "thinking" });
});

test("streams the same message in pieces, with usage when asked", async () => {
  const { client } = await serve({
    chat: createScriptedModel({ turns: [{ reasoning: "let me think", content: "one two three" }] }),
  });
  const stream = await client.chat.completions.create({
    model: "scripted",
    messages: [user],
    stream: true,
    stream_options: { include_usage: true },
  });
  const deltas: Record<string, unknown>[] = [];
  let usage: OpenAI.CompletionUsage | null | undefined;
  const reasons: (string | null)[] = [];
  for await (const chunk of stream) {
    usage = chunk.usage ?? usage;
    for (const choice of chunk.choices) {
      deltas.push({ ...choice.delta });
      if (choice.finish_reason) reasons.push(choice.finish_reason);
    }
  }
  expect(deltas[0]).toEqual({ role: "assistant", content: "" });
  expect(deltas.map((delta) => delta.reasoning_content ?? "").join("")).toBe("let me think");
  expect(deltas.map((delta) => delta.content ?? "").join("")).toBe("one two three");
  expect(deltas.length).toBeGreaterThan(6);
  expect(reasons).toEqual(["stop"]);
  expect(usage?.completion_tokens).toBeGreaterThan(0);
});

test("runs a tool loop, reasoning sent back, results put in the order of the calls", async () => {
  const turns: ScriptedTurn[] = [
    {
      reasoning: "Both cities.",
      toolCalls: [
        { name: "get_weather", arguments: { city: "Rome" } },
        { name: "get_weather", arguments: { city: "Oslo" } },
      ],
    },
    { reasoning: "Done.", content: "Rome is warmer." },
  ];
  const chat = createScriptedModel({ turns });
  const { client } = await serve({ chat });
  const first = await client.chat.completions.create({ model: "scripted", messages: [user], tools: [weather] });
  const message = first.choices[0]!.message;
  expect(first.choices[0]!.finish_reason).toBe("tool_calls");
  expect(message.content).toBeNull();
  expect(message.tool_calls?.map((call) => call.type === "function" && call.function.arguments)).toEqual([
    '{"city":"Rome"}',
    '{"city":"Oslo"}',
  ]);
  const results = message.tool_calls!.map((call, i) => ({
    role: "tool" as const,
    tool_call_id: call.id,
    content: ["20", "3"][i]!,
  }));
  await client.chat.completions.create({
    model: "scripted",
    messages: [user, message, ...results.reverse()],
    tools: [weather],
  });
  expect(chat.requests[1]?.messages).toMatchObject([
    user,
    { role: "assistant", reasoning_content: "Both cities.", tool_calls: [{ id: "call_0_0" }, { id: "call_0_1" }] },
    { role: "tool", content: "20" },
    { role: "tool", content: "3" },
  ]);
  expect(chat.requests[1]?.tools).toEqual([weather]);
});

test("streams tool calls so that the client's accumulator rebuilds them", async () => {
  const { client } = await serve({
    chat: createScriptedModel({
      turns: [{ content: "Looking.", toolCalls: [{ name: "get_weather", arguments: { city: "Saint-Étienne" } }] }],
    }),
  });
  const final = await client.chat.completions
    .stream({ model: "scripted", messages: [user], tools: [weather] })
    .finalChatCompletion();
  const call = final.choices[0]!.message.tool_calls?.[0];
  expect(final.choices[0]!.finish_reason).toBe("tool_calls");
  expect(call).toMatchObject({
    id: "call_0_0",
    function: { name: "get_weather", arguments: '{"city":"Saint-Étienne"}' },
  });
});

test("turns thinking on and off by every spelling", async () => {
  const chat = createScriptedModel({ turns: () => "ok" });
  const { client } = await serve({ chat, defaultThinkingMode: "chat" });
  const bodies: object[] = [
    {},
    { chat_template_kwargs: { thinking: true } },
    { chat_template_kwargs: { enable_thinking: true } },
    { thinking: { type: "enabled" } },
    { thinking: { type: "disabled" } },
    { reasoning_effort: "high" },
    { reasoning_effort: "none" },
  ];
  for (const body of bodies) {
    await client.chat.completions.create({ model: "scripted", messages: [user], ...body });
  }
  expect(chat.requests.map((request) => request.thinkingMode)).toEqual([
    "chat",
    "thinking",
    "thinking",
    "thinking",
    "chat",
    "thinking",
    "chat",
  ]);
});

test("passes sampling on, gives choices different seeds and sends a leading developer message as system", async () => {
  const chat = createScriptedModel({ turns: (_, index) => `choice ${index}` });
  const { client } = await serve({ chat });
  const completion = await client.chat.completions.create({
    model: "scripted",
    messages: [{ role: "developer", content: "Be brief." }, user],
    n: 3,
    seed: 7,
    temperature: 0.5,
    top_p: 0.9,
    stop: "END",
    max_completion_tokens: 12,
    logprobs: true,
    top_logprobs: 2,
    tools: [weather],
    tool_choice: "none",
    response_format: { type: "json_schema", json_schema: { name: "x", schema: { type: "string" } } },
  });
  expect(completion.choices.map((choice) => choice.index)).toEqual([0, 1, 2]);
  expect(new Set(completion.choices.map((choice) => choice.message.content)).size).toBe(3);
  const request = { temperature: 0.5, topP: 0.9, stop: ["END"], maxTokens: 12, topLogprobs: 2 };
  expect(chat.requests.map(({ seed }) => seed)).toEqual([7, 8, 9]);
  expect(chat.requests[0]).toMatchObject({ ...request, responseFormat: { type: "string" } });
  // They stay in the prompt, so that its beginning stays in the cache.
  expect(chat.requests[0]).toMatchObject({ tools: [weather], toolChoice: "none" });
  expect(chat.requests[0]?.messages[0]).toEqual({ role: "system", content: "Be brief." });
});

test("a failing model is a 5xx before the stream and an error event inside it", async () => {
  const failing = { error: new ChatError("upstream", "The endpoint hung up") };
  const errors: unknown[] = [];
  const { client } = await serve({
    chat: createScriptedModel({
      turns: [failing, { content: "partial answer", ...failing }, { error: new Error("x") }],
    }),
    onError: (error) => errors.push(error),
  });
  const ask = () => client.chat.completions.create({ model: "scripted", messages: [user], stream: true });
  await expect(ask()).rejects.toMatchObject({ status: 502, code: "upstream" });
  let text = "";
  await expect(async () => {
    for await (const chunk of await ask()) text += chunk.choices[0]?.delta.content ?? "";
  }).rejects.toMatchObject({ error: { message: "The endpoint hung up", code: "upstream" } });
  expect(text).toBe("partial answer");
  await expect(ask()).rejects.toMatchObject({ status: 500, code: "internal_error" });
  expect(errors).toHaveLength(3);
});

test("lists its model, reports health and counts", async () => {
  const scripted = createScriptedModel({ id: "org/tiny", turns: () => "four", contextLength: 512 });
  const chat: ChatModel = {
    ...scripted,
    async *generate(request) {
      for await (const event of scripted.generate(request))
        yield event.type === "usage"
          ? { ...event, usage: { ...event.usage, drafts: { drafted: 5, accepted: 3 } } }
          : event;
    },
  };
  const { server, client, metrics } = await serve({
    chat,
    stats: () => ({ active: 1, queued: 2 }),
  });
  const models = await client.models.list();
  expect(models.data).toMatchObject([{ id: "org/tiny", object: "model", max_model_len: 512 }]);
  expect(await client.models.retrieve("org/tiny")).toMatchObject({ id: "org/tiny" });
  await client.chat.completions.create({ model: "org/tiny", messages: [user] });
  expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: "ok", model: "org/tiny" });
  const text = await metrics();
  expect(text).toContain('cachalot_http_requests_total{method="POST",route="/v1/chat/completions",status="200"} 1');
  expect(text).toMatch(/cachalot_tokens_total\{kind="completion"\} 1\n/);
  expect(text).toMatch(/cachalot_draft_tokens_total\{result="accepted"\} 3\n.*result="refused"\} 2\n/);
  expect(text).toContain("cachalot_time_to_first_token_seconds_count 1");
  expect(text).toContain("cachalot_queue_length 2");
  expect(text).toContain("cachalot_generations_in_flight 0");
});
