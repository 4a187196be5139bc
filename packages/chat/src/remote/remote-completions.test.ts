import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { Usage } from "../chat-model.js";
import { encodeMessages } from "../codec/encode-messages.js";
import { BOS, EOS } from "../codec/special-tokens.js";
import { repairMessage } from "../codec/stream-parser.js";
import { collectMessage } from "../collect-message.js";
import type { ChatMessage, ToolDefinition } from "../messages.js";
import { chatPrompt } from "../prompt/chat-prompt.js";
import { completion } from "../testing/arbitraries.js";
import {
  type Answer,
  createHttpEndpoint,
  type HttpEndpoint,
  openEvents,
  sendAll,
  sendEvent,
  textChunk,
} from "../testing/http-endpoint.js";
import type { EndpointProfileName } from "./profiles/index.js";
import { createRemoteCompletionModel, createRemoteModel, type RemoteModelOptions } from "./remote-model.js";

let endpoint: HttpEndpoint;
afterEach(() => endpoint.close());

const tools = ["f", "get_weather", "search-2"].map(
  (name): ToolDefinition => ({ type: "function", function: { name } }),
);
const user: ChatMessage = { role: "user", content: "Hi" };
const retry = { baseMs: 1, maxMs: 5 };

async function options(profile: EndpointProfileName, answer: Answer): Promise<RemoteModelOptions> {
  endpoint = await createHttpEndpoint(answer);
  return { baseUrl: endpoint.baseUrl, model: "m", profile, mode: "raw", retry };
}

const usage = (prompt: number, completion_: number) => ({
  choices: [],
  usage: { prompt_tokens: prompt, completion_tokens: completion_, prompt_tokens_details: { cached_tokens: 2 } },
});

describe("a raw model", () => {
  test("sends our prompt with the host's fields and parses the answer", async () => {
    const model = createRemoteModel(
      await options("vllm", (response) =>
        sendAll(response, [textChunk("hm</th"), textChunk("ink>Hel"), textChunk("lo", "stop"), usage(9, 3)]),
      ),
    );
    const collected = await collectMessage(model.generate({ messages: [user], maxTokens: 50, stop: ["X"], seed: 1 }));
    expect(collected).toMatchObject({
      message: { content: "Hello", reasoning_content: "hm" },
      finishReason: "stop",
      repairs: [],
      usage: { promptTokens: 9, completionTokens: 3, reasoningTokens: 1, cachedTokens: 2 },
    });
    expect(endpoint.requests[0]).toMatchObject({
      path: "/v1/completions",
      body: {
        model: "m",
        prompt: encodeMessages([user], { thinkingMode: "thinking" }),
        add_special_tokens: false,
        skip_special_tokens: false,
        temperature: 1,
        top_p: 0.95,
        max_tokens: 50,
        stop: ["X"],
        seed: 1,
        stream: true,
      },
    });
  });

  test("leaves BOS to a host that adds it, and asks for all that fits where nothing is said", async () => {
    const model = createRemoteModel(
      await options("sglang", (response) => sendAll(response, [textChunk(`hm</think>ok${EOS}`, "stop")])),
    );
    const { message, repairs } = await collectMessage(model.generate({ messages: [user] }));
    expect(message.content).toBe("ok");
    expect(repairs).toEqual([]);
    expect(BOS + String(endpoint.requests[0]?.body.prompt)).toBe(encodeMessages([user], { thinkingMode: "thinking" }));
    expect(endpoint.requests[0]?.body.max_tokens).toBeNull();
  });

  test("calls tools, and says where an answer was cut", async () => {
    const call = `\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="f">\n</｜DSML｜invoke>\n</｜DSML｜function_calls>`;
    const source = await options("vllm", (response, _, index) =>
      sendAll(response, [textChunk(`hm</think>${call}`, index === 0 ? "stop" : "length")]),
    );
    const model = createRemoteModel(source);
    const first = await collectMessage(model.generate({ messages: [user], tools }));
    expect(first.finishReason).toBe("tool_calls");
    expect(first.message.tool_calls?.[0]?.function).toEqual({ name: "f", arguments: "{}" });
    expect((await collectMessage(model.generate({ messages: [user] }))).finishReason).toBe("length");
  });
});

test("a stream that breaks anywhere is continued, with nothing repeated and nothing lost", async () => {
  await fc.assert(
    fc.asyncProperty(completion, fc.array(fc.nat(), { maxLength: 4 }), async ({ text, mode }, breaks) => {
      const whole = text.slice(0, -EOS.length);
      const prompt = chatPrompt({ messages: [user], thinkingMode: mode, tools });
      // Each request goes on from what its prompt holds, and breaks after some more characters.
      const source = await options("vllm", (response, request, index) => {
        const rest = whole.slice(String(request.body.prompt).length - prompt.length);
        openEvents(response);
        const cut = breaks[index] === undefined ? rest.length : breaks[index] % (rest.length + 1);
        for (const piece of rest.slice(0, cut).match(/[\s\S]{1,7}/g) ?? []) sendEvent(response, textChunk(piece));
        if (breaks[index] === undefined) sendEvent(response, textChunk("", "stop"));
        // A connection that ends in order, without a reason to finish, is broken too.
        if (index % 2 === 0) response.end();
        else setTimeout(() => response.destroy(), 3);
      });
      const model = createRemoteModel({ ...source, retry: { ...retry, maxAttempts: 10 } });
      const got = await collectMessage(model.generate({ messages: [user], thinkingMode: mode, tools }));
      await endpoint.close();
      const { message } = repairMessage(text, { thinkingMode: mode, tools });
      expect(got.message.content).toBe(message.content);
      expect(got.message.reasoning_content ?? "").toBe(message.reasoning_content);
      expect(got.message.tool_calls?.map((call) => call.function) ?? []).toEqual(
        message.tool_calls.map((call) => call.function),
      );
      expect(endpoint.requests.length).toBe(breaks.length + 1);
    }),
    { seed: 3, numRuns: 40 },
  );
});

test("counts usage over the parts of a continued stream and asks only for what is left", async () => {
  const counted = (text: string, prompt: number, done: number) => ({
    ...textChunk(text),
    ...usage(prompt, done),
    choices: [{ text }],
  });
  const model = createRemoteCompletionModel(
    await options("vllm", (response, _, index) => {
      openEvents(response);
      if (index === 0) {
        sendEvent(response, counted("one", 10, 1));
        sendEvent(response, counted(" two", 10, 2));
        setTimeout(() => response.destroy(), 5);
        return;
      }
      sendEvent(response, { ...counted(" three", 12, 1), choices: [{ text: " three", finish_reason: "length" }] });
      response.end();
    }),
  );
  const events = [];
  for await (const event of model.complete({ prompt: "count", maxTokens: 3 })) events.push(event);
  const text = events.flatMap((event) => (event.type === "text" ? [event.delta] : []));
  expect(text).toEqual(["one", " two", " three"]);
  const expected: Usage = { promptTokens: 10, completionTokens: 3, reasoningTokens: 0, cachedTokens: 2 };
  expect(events.slice(-2)).toEqual([
    { type: "usage", usage: expected },
    { type: "finish", reason: "length" },
  ]);
  expect(events.find(({ type }) => type === "repair")).toMatchObject({ kind: "resumed" });
  expect(endpoint.requests[1]?.body).toMatchObject({
    prompt: "count one two".replace("count ", "count"),
    max_tokens: 1,
  });
});

test("tries again after 429 and 5xx, gives up in the end, and never after a refusal", async () => {
  const statuses = [429, 503, 200];
  const model = createRemoteModel(
    await options("generic", (response, _, index) => {
      const status = statuses[index] ?? 400;
      if (status === 200) sendAll(response, [textChunk("x</think>ok", "stop")]);
      else response.writeHead(status, { "retry-after": "0" }).end("{}");
    }),
  );
  const { message, repairs } = await collectMessage(model.generate({ messages: [user] }));
  expect(message.content).toBe("ok");
  expect(repairs).toHaveLength(2);
  await expect(collectMessage(model.generate({ messages: [user] }))).rejects.toMatchObject({ code: "invalid_request" });
  expect(endpoint.requests).toHaveLength(4);
  await endpoint.close();
  const busy = createRemoteModel(await options("generic", (response) => response.writeHead(429).end()));
  await expect(collectMessage(busy.generate({ messages: [user] }))).rejects.toMatchObject({ code: "overloaded" });
  expect(endpoint.requests).toHaveLength(4);
});

test("an abort while streaming, and while waiting for a retry, finishes as aborted", async () => {
  const abort = new AbortController();
  const source = await options("vllm", (response, _, index) => {
    if (index > 0) return void response.writeHead(503, { "retry-after": "60" }).end();
    openEvents(response);
    sendEvent(response, textChunk("thinking"));
  });
  const model = createRemoteModel({ ...source, retry: {} });
  const run = async (signal: AbortSignal) => {
    const types = [];
    for await (const event of model.generate({ messages: [user], signal })) types.push(event);
    return types;
  };
  setTimeout(() => abort.abort(), 100);
  const events = await run(abort.signal);
  expect(events.at(-1)).toEqual({ type: "finish", reason: "aborted" });
  expect(events[0]).toEqual({ type: "reasoning", delta: "thinking" });
  const waiting = new AbortController();
  setTimeout(() => waiting.abort(), 100);
  expect((await run(waiting.signal)).at(-1)).toEqual({ type: "finish", reason: "aborted" });
  expect(endpoint.requests).toHaveLength(2);
});

test("refuses raw mode where there is none, unknown profiles and URLs that are none", async () => {
  const base = await options("deepseek", (response) => response.end());
  expect(() => createRemoteModel(base)).toThrow('use mode "messages"');
  expect(() => createRemoteModel({ ...base, profile: "ollama" as "vllm" })).toThrow(
    "use vllm, sglang, deepseek, generic",
  );
  expect(() => createRemoteModel({ ...base, mode: "messages", baseUrl: "localhost" })).toThrow("no URL");
});
