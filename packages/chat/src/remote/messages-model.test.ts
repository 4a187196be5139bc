import { afterEach, expect, test } from "vitest";
import type { ChatEvent } from "../chat-model.js";
import { collectMessage } from "../collect-message.js";
import type { ChatMessage, ToolDefinition } from "../messages.js";
import {
  type Answer,
  createHttpEndpoint,
  deltaChunk,
  type HttpEndpoint,
  openEvents,
  sendAll,
  sendEvent,
} from "../testing/http-endpoint.js";
import { discoverModel } from "./discover-model.js";
import { createRemoteModel, type RemoteModelOptions } from "./remote-model.js";

let endpoint: HttpEndpoint;
afterEach(() => endpoint.close());

const user: ChatMessage = { role: "user", content: "Hi" };
const tools: ToolDefinition[] = [{ type: "function", function: { name: "f" } }];
const retry = { baseMs: 1, maxMs: 5, maxAttempts: 3 };

async function modelFor(answer: Answer, more: Partial<RemoteModelOptions> = {}) {
  endpoint = await createHttpEndpoint(answer);
  return createRemoteModel({ baseUrl: endpoint.baseUrl, model: "m", retry, ...more });
}

test("streams the message, its usage and why it ended", async () => {
  const call = { index: 0, id: "c", type: "function", function: { name: "f", arguments: '{"a": 1}' } };
  const model = await modelFor((response) =>
    sendAll(response, [
      deltaChunk({ role: "assistant", content: "" }),
      deltaChunk({ reasoning_content: "hm" }),
      deltaChunk({ tool_calls: [call] }),
      deltaChunk({}, "stop"),
      { choices: [], usage: { prompt_tokens: 5, completion_tokens: 4, prompt_cache_hit_tokens: 3 } },
    ]),
  );
  const collected = await collectMessage(model.generate({ messages: [user], tools }));
  expect(collected).toEqual({
    message: {
      role: "assistant",
      content: "",
      reasoning_content: "hm",
      tool_calls: [{ id: "c", type: "function", function: call.function }],
    },
    usage: { promptTokens: 5, completionTokens: 4, reasoningTokens: 0, cachedTokens: 3 },
    finishReason: "tool_calls",
    repairs: [],
    logprobs: [],
  });
  expect(endpoint.requests[0]?.path).toBe("/v1/chat/completions");
});

test("understands an endpoint that answers with one object, and log-probabilities", async () => {
  const top = [
    { token: "a", logprob: -1, bytes: [97] },
    { token: "b", logprob: -2 },
  ];
  const model = await modelFor((response) =>
    response.setHeader("content-type", "application/json; charset=utf-8").end(
      JSON.stringify({
        choices: [
          {
            message: { role: "assistant", content: "ok", reasoning: "hm" },
            logprobs: { content: [{ ...top[0], top_logprobs: top }] },
            finish_reason: "length",
          },
        ],
        usage: { prompt_tokens: 1, completion_tokens: 2 },
      }),
    ),
  );
  expect(await collectMessage(model.generate({ messages: [user] }))).toMatchObject({
    message: { content: "ok", reasoning_content: "hm" },
    finishReason: "length",
    logprobs: [{ token: "a", logprob: -1, bytes: [97], top: [top[0], { token: "b", logprob: -2, bytes: [98] }] }],
  });
});

test("tries again until text was delivered; afterwards a break is an error that says so", async () => {
  const broken: Answer = (response) => {
    openEvents(response);
    sendEvent(response, deltaChunk({ role: "assistant", content: "" }));
    setTimeout(() => response.destroy(), 3);
  };
  const model = await modelFor((response, request, index) => {
    if (index < 2) broken(response, request, index);
    else sendAll(response, [deltaChunk({ content: "ok" }, "stop")]);
  });
  const { message, repairs } = await collectMessage(model.generate({ messages: [user] }));
  expect(message.content).toBe("ok");
  expect(repairs).toHaveLength(2);
  await endpoint.close();

  const late = await modelFor((response) => {
    openEvents(response);
    sendEvent(response, deltaChunk({ content: "par" }));
    setTimeout(() => response.destroy(), 3);
  });
  const error = await collectMessage(late.generate({ messages: [user] })).catch((e) => e);
  expect(error).toMatchObject({ code: "upstream" });
  expect(error.message).toContain("3 characters had been delivered");
  expect(endpoint.requests).toHaveLength(1);
  await endpoint.close();

  const resources = await modelFor((response) => sendAll(response, [deltaChunk({}, "insufficient_system_resource")]));
  await expect(collectMessage(resources.generate({ messages: [user] }))).rejects.toThrow("for want of resources");
  expect(endpoint.requests).toHaveLength(3);
});

test("an end in order counts, with or without a reason; a missing usage is zeros", async () => {
  const model = await modelFor((response, _, index) => {
    if (index === 0) return sendAll(response, [deltaChunk({ content: "ok" })]);
    openEvents(response);
    sendEvent(response, deltaChunk({ content: "ok" }, "stop"));
    setTimeout(() => response.destroy(), 3);
  });
  for (const _ of [0, 1]) {
    const { message, finishReason, usage } = await collectMessage(model.generate({ messages: [user] }));
    expect([message.content, finishReason, usage.promptTokens]).toEqual(["ok", "stop", 0]);
  }
});

test("an abort finishes with what there is", async () => {
  const abort = new AbortController();
  const model = await modelFor((response) => {
    openEvents(response);
    sendEvent(response, deltaChunk({ content: "par" }));
  });
  const events: ChatEvent[] = [];
  for await (const event of model.generate({ messages: [user], signal: abort.signal })) {
    events.push(event);
    abort.abort();
  }
  expect(events.map(({ type }) => type)).toEqual(["content", "usage", "finish"]);
  expect(events.at(-1)).toEqual({ type: "finish", reason: "aborted" });
  await expect.poll(() => endpoint.hungUp).toBe(1);
});

test("Speciale always thinks and refuses tools, wherever they are", async () => {
  const model = await modelFor((response) => sendAll(response, [deltaChunk({ content: "ok" }, "stop")]), {
    speciale: true,
    profile: "deepseek",
  });
  const { repairs } = await collectMessage(model.generate({ messages: [user], thinkingMode: "chat" }));
  expect(repairs).toHaveLength(1);
  expect(endpoint.requests[0]?.body.thinking).toEqual({ type: "enabled" });
  const tools = [{ type: "function" as const, function: { name: "f" } }];
  const calls = [{ function: { name: "f", arguments: "{}" } }];
  const refused = { code: "tools_not_supported" };
  await expect(collectMessage(model.generate({ messages: [user], tools }))).rejects.toMatchObject({
    ...refused,
    param: "tools",
  });
  for (const message of [
    { role: "system" as const, tools },
    { role: "assistant" as const, tool_calls: calls },
  ]) {
    const request = { messages: [message, user] };
    await expect(collectMessage(model.generate(request))).rejects.toMatchObject({ ...refused, param: "messages[0]" });
  }
});

test("finds out which model an endpoint serves", async () => {
  const data = [{ id: "a", max_model_len: 4096 }, { id: "b" }];
  endpoint = await createHttpEndpoint((response) => response.end(JSON.stringify({ object: "list", data })));
  const { baseUrl } = endpoint;
  expect(await discoverModel({ baseUrl })).toEqual({ model: "a", contextLength: 4096 });
  expect(await discoverModel({ baseUrl }, "b")).toEqual({ model: "b", contextLength: undefined });
  await expect(discoverModel({ baseUrl }, "c")).rejects.toThrow('does not list c; it has "a", "b"');
  await endpoint.close();
  await expect(discoverModel({ baseUrl })).rejects.toThrow("Cannot reach");
});
