/** What a client asks for and what a host or a prompt gets of it, over real sockets. */

import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  type CompletionModel,
  collectMessage,
  createRemoteModel,
  createScriptedModel,
  type EndpointProfileName,
  encodeMessages,
  type GenerateRequest,
  type ScriptedPolicy,
} from "@cachalot/chat";
import { afterEach, describe, expect, test } from "vitest";
import { createServer, type RunningServer } from "./index.js";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A host that answers every request with these chunks, and tells the bodies it got. */
async function host(chunks: readonly object[]) {
  const bodies: string[] = [];
  const server: Server = createHttpServer(async (request, response) => {
    bodies.push(await text(request));
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, bodies };
}

const answered = (choice: object): object => ({ choices: [{ index: 0, finish_reason: "stop", ...choice }] });

interface Answer {
  status: number;
  repairs: string | null;
  body: {
    choices: { message: { content: string | null; tool_calls?: unknown[] }; finish_reason: string }[];
    error: { message: string; param: string };
  };
}

async function post(server: RunningServer, body: string | object): Promise<Answer> {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    repairs: response.headers.get("x-cachalot-repairs"),
    body: (await response.json()) as Answer["body"],
  };
}

interface Gateway {
  ask(body: string | object): Promise<Answer>;
  /** The last body the host got, as text and parsed. */
  sent(): { text: string; body: Record<string, unknown> };
}

async function gateway(profile: EndpointProfileName, mode: "raw" | "messages", choice: object): Promise<Gateway> {
  const { baseUrl, bodies } = await host([answered(choice)]);
  const chat = createRemoteModel({ baseUrl, model: "m", profile, mode });
  const server = await createServer({ chat, port: 0, graceMs: 10, onError: () => undefined });
  closers.push(() => server.close());
  const sent = () => ({
    text: bodies.at(-1) ?? "",
    body: JSON.parse(bodies.at(-1) ?? "{}") as Record<string, unknown>,
  });
  return { ask: (body) => post(server, body), sent };
}

async function local(turns: ScriptedPolicy) {
  const chat = createScriptedModel({ turns });
  const server = await createServer({ chat, aliases: ["deepseek-reasoner"], port: 0, graceMs: 10 });
  closers.push(() => server.close());
  return { chat, ask: (body: string | object) => post(server, body) };
}

const user = { role: "user", content: "Find it." };
const tools = [{ type: "function", function: { name: "find", parameters: { properties: { q: { type: "string" } } } } }];
const markup =
  '\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="find">\n<｜DSML｜parameter name="q" string="true">x</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>';

describe("schemas and arguments", () => {
  const schema =
    '{"name": "find", "parameters": {"z": {"default": 1.0, "minimum": -0.0, "maximum": 9007199254740993}, "2": {}, "10": 1e22, "1": {"__proto__": 5}}}';
  const format = '{"type": "object", "properties": {"b": {"default": 2.50}, "7": {}}}';

  test("stand in the prompt as the client wrote them", async () => {
    const { ask, sent } = await gateway("vllm", "raw", { text: "hm</think>ok" });
    const args = '{"z": 3.0, "1": 12345678901234567890}';
    const history =
      `[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"find","arguments":${args}}}]},` +
      `{"role":"tool","tool_call_id":"c","content":"ok"}]`;
    const answer = await ask(
      `{ "tools" : [{"type":"function","function":${schema}}],"response_format":{"type":"json_schema","json_schema":{"schema":${format}}}, "messages": ${history}}`,
    );
    expect(answer.status).toBe(200);
    const prompt = String(sent().body.prompt);
    expect(prompt).toContain(`<functions>\n${schema.replace("-0.0", "-0.0").replace("1e22", "1e+22")}\n</functions>`);
    expect(prompt).toContain(format.replace("2.50", "2.5"));
    expect(prompt).toContain('<｜DSML｜parameter name="z" string="false">3.0<');
    expect(prompt).toContain('<｜DSML｜parameter name="1" string="false">12345678901234567890<');
  });

  test("go to a host that renders the prompt as the client wrote them", async () => {
    const { ask, sent } = await gateway("sglang", "messages", { message: { content: "ok" } });
    await ask(`{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":${schema}}]}`);
    expect(sent().text).toContain(schema.replace("1e22", "1e+22"));
  });

  test("that are no JSON do not end a conversation", async () => {
    const { ask, sent } = await gateway("vllm", "raw", { text: "hm</think>ok" });
    const call = { id: "c", function: { name: "find", arguments: '{"q": "C:\\work' } };
    const messages = [
      user,
      { role: "assistant", tool_calls: [call] },
      { role: "tool", tool_call_id: "c", content: "?" },
    ];
    expect(await ask({ messages, tools })).toMatchObject({ status: 200, repairs: "tool-call-arguments=1" });
    expect(sent().body.prompt).toContain('<｜DSML｜parameter name="arguments" string="true">{"q": "C:\\work<');
  });
});

describe("calls", () => {
  test("are made of leaked markup only where they were offered and may be made", async () => {
    const { ask, sent } = await gateway("vllm", "messages", { message: { content: `Sure.${markup}` } });
    expect((await ask({ messages: [user], tools })).body.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { content: "Sure.", tool_calls: [{ function: { name: "find", arguments: '{"q": "x"}' } }] },
    });
    expect((await ask({ messages: [user] })).body.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: `Sure.${markup}` },
    });
    const none = await ask({ messages: [user], tools, tool_choice: "none" });
    expect(none).toMatchObject({ repairs: "withheld-calls=1" });
    expect(none.body.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "Sure." } });
    expect(none.body.choices[0]?.message.tool_calls).toBeUndefined();
    expect(sent().body).toMatchObject({ tool_choice: "none", tools: [{ function: { name: "find" } }] });
  });

  test("that a stop string or the length cut are not whole, and leave no markup", async () => {
    const cut = `hm</think>${markup.slice(0, markup.indexOf("</｜DSML｜parameter"))}`;
    for (const finish_reason of ["stop", "length"]) {
      const { ask } = await gateway("vllm", "raw", { text: cut, finish_reason });
      const { repairs, body } = await ask({ messages: [user], tools, stop: ["</"], max_tokens: 90 });
      expect(repairs).toContain("cut-call=1");
      expect(body.choices[0]).toMatchObject({
        finish_reason,
        message: { content: null, tool_calls: [{ function: { name: "find", arguments: '{"q": "x' } }] },
      });
      const tag = await gateway("vllm", "raw", { text: cut.slice(0, 30), finish_reason });
      const left = await tag.ask({ messages: [user], tools, stop: ["</"] });
      expect(left.body.choices[0]).toMatchObject({ finish_reason, message: { content: "" } });
      expect(left.repairs).toContain("cut-call=1");
    }
  });

  test("are forced and limited by hosts that do that", async () => {
    const vllm = await gateway("vllm", "messages", { message: { content: "ok" } });
    const named = { type: "function", function: { name: "find" } };
    await vllm.ask({ messages: [user], tools, tool_choice: named, parallel_tool_calls: false });
    expect(vllm.sent().body).toMatchObject({ tool_choice: named, parallel_tool_calls: false });
    const deepseek = await gateway("deepseek", "messages", { message: { content: "ok" } });
    const required = { messages: [user], tools, tool_choice: "required" };
    expect((await deepseek.ask({ ...required, thinking: { type: "disabled" } })).status).toBe(200);
    expect(deepseek.sent().body).toMatchObject({ tool_choice: "required" });
    expect(await deepseek.ask(required)).toMatchObject({ status: 400, body: { error: { param: "tool_choice" } } });
    const raw = await gateway("vllm", "raw", { text: "ok" });
    expect(await raw.ask(required)).toMatchObject({ status: 400, body: { error: { param: "tool_choice" } } });
  });
});

describe("thinking", () => {
  const efforts: [EndpointProfileName, string, object][] = [
    ["deepseek", "low", { reasoning_effort: "low", thinking: { type: "enabled" } }],
    ["deepseek", "medium", { reasoning_effort: "high" }],
    ["deepseek", "max", { reasoning_effort: "max" }],
    ["deepseek", "ultra", { reasoning_effort: "max" }],
    ["vllm", "low", { chat_template_kwargs: { thinking: true, enable_thinking: true, reasoning_effort: "low" } }],
    ["sglang", "max", { chat_template_kwargs: { thinking: true, reasoning_effort: "max" } }],
    ["generic", "xhigh", { reasoning_effort: "xhigh" }],
    ["generic", "none", { reasoning_effort: "none" }],
  ];
  test.each(efforts)("goes to %s as long as the client says: %s", async (profile, effort, wanted) => {
    const { ask, sent } = await gateway(profile, "messages", { message: { content: "ok" } });
    expect((await ask({ messages: [user], reasoning_effort: effort })).status).toBe(200);
    expect(sent().body).toMatchObject(wanted);
  });

  test("that is switched off wins over an effort", async () => {
    const { ask, sent } = await gateway("deepseek", "messages", { message: { content: "ok" } });
    const off = { messages: [user], thinking: { type: "disabled" }, reasoning_effort: "max" };
    expect(await ask(off)).toMatchObject({ status: 200, repairs: "dropped-field=1" });
    expect(sent().body).not.toHaveProperty("reasoning_effort");
    const { chat, ask: askLocal } = await local(() => "ok");
    await askLocal({ messages: [user], enable_thinking: false });
    expect(chat.requests[0]).toMatchObject({ thinkingMode: "chat" });
    expect((await askLocal({ messages: [user], enable_thinking: false, thinking: { type: "enabled" } })).status).toBe(
      400,
    );
  });
});

test("a developer message in mid-conversation is a system message, for hosts and prompts", async () => {
  const developer = { role: "developer", content: "Be brief." };
  const messages = [developer, user, { role: "assistant", content: "Yes?" }, developer, user];
  const { ask, sent } = await gateway("deepseek", "messages", { message: { content: "ok" } });
  expect((await ask({ messages })).status).toBe(200);
  const roles = (sent().body.messages as { role: string }[]).map(({ role }) => role);
  expect(roles).toEqual(["system", "user", "assistant", "system", "user"]);
  const { ask: askLocal, chat } = await local(() => "ok");
  expect((await askLocal({ messages })).status).toBe(200);
  expect(() => encodeMessages(chat.requests[0]?.messages ?? [], { thinkingMode: "thinking" })).not.toThrow();
});

test("an error names the client's own message, though the tools added one before it", async () => {
  const { ask } = await gateway("vllm", "raw", { text: "ok" });
  const messages = [user, { role: "assistant", content: "hm" }, { role: "tool", content: "x" }];
  for (const more of [{}, { tools }]) {
    const { status, body } = await ask({ messages, ...more });
    expect([status, body.error.param]).toEqual([400, "messages[1].reasoning_content"]);
    expect(body.error.message).toContain("messages[1].reasoning_content");
  }
});

test("fields that nobody honours are refused by name, those that change nothing are taken", async () => {
  const { ask, chat } = await local(() => "ok");
  const harmless = {
    user: "u",
    metadata: { a: "b" },
    store: true,
    presence_penalty: 0,
    echo: false,
    stop_token_ids: [],
  };
  expect((await ask({ messages: [user], model: "deepseek-reasoner", ...harmless, min_p: null })).status).toBe(200);
  expect(chat.requests[0]).toMatchObject({ labels: { user: "u", metadata: { a: "b" } } });
  for (const [field, value] of Object.entries({
    min_p: 0.1,
    structured_outputs: { json: {} },
    thinking_budget: 10,
    ignore_eos: true,
    continue_final_message: true,
    mirostat: 2,
  })) {
    const { status, body } = await ask({ messages: [user], [field]: value });
    expect([status, body.error.param]).toEqual([400, field]);
    expect(body.error.message).toContain(field);
  }
  expect((await ask({ messages: [user], chat_template_kwargs: { clear_thinking: false } })).status).toBe(400);
});

test("our own server takes what our own client sends, in every mode and for every host", async () => {
  const chat = createScriptedModel({ turns: () => "ok" });
  const completion: CompletionModel = {
    id: "scripted",
    contextLength: 1000,
    async *complete() {
      yield { type: "text", delta: "hm</think>ok" };
      yield { type: "usage", usage: { promptTokens: 1, completionTokens: 1, reasoningTokens: 0, cachedTokens: 0 } };
      yield { type: "finish", reason: "stop" };
    },
  };
  const server = await createServer({ chat, completion, port: 0, graceMs: 10 });
  closers.push(() => server.close());
  const endpoint = { baseUrl: `${server.url}/v1`, model: "scripted" };
  for (const profile of ["vllm", "sglang", "generic", "deepseek"] as const) {
    for (const mode of profile === "deepseek" ? (["messages"] as const) : (["messages", "raw"] as const)) {
      const model = createRemoteModel({ ...endpoint, profile, mode });
      const request: GenerateRequest = {
        messages: [{ role: "user", content: "Hi" }],
        toolChoice: "none",
        labels: { user: "u" },
      };
      for (const thinkingMode of ["thinking", "chat"] as const) {
        const { finishReason } = await collectMessage(
          model.generate({ ...request, thinkingMode, reasoningEffort: "max" }),
        );
        expect(finishReason).toBe("stop");
      }
    }
  }
});

test("what a host says of its answer is kept: a filter, no choices at all, JSON marked as reasoning", async () => {
  const filtered = await gateway("deepseek", "messages", {
    message: { content: "a" },
    finish_reason: "content_filter",
  });
  expect((await filtered.ask({ messages: [user] })).body.choices[0]?.finish_reason).toBe("content_filter");
  const { baseUrl } = await host([{ data: { choices: [] }, success: true }]);
  const chat = createRemoteModel({ baseUrl, model: "m" });
  const server = await createServer({ chat, port: 0, graceMs: 10, onError: () => undefined });
  closers.push(() => server.close());
  expect(await post(server, { messages: [user] })).toMatchObject({
    status: 502,
    body: { error: { code: "upstream" } },
  });
  const shaped = await gateway("vllm", "messages", { message: { reasoning: ' {"n": 12}' } });
  const response_format = { type: "json_object" };
  const { repairs, body } = await shaped.ask({ messages: [user], response_format });
  expect([repairs, body.choices[0]?.message.content]).toEqual(["relabelled-reasoning=1", ' {"n": 12}']);
});
