/** What a careless or hostile client may send to a real server process. Everything stays on 127.0.0.1. */
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Served, serve } from "./support/cachalot.js";

let served: Served;
beforeAll(async () => {
  served = await serve(["--max-sequences", "2", "--max-queue", "3"]);
});
afterAll(async () => {
  expect(await served.stop()).toBe(0);
});

const model = "cachalot-embedded";
const messages = [{ role: "user", content: "Hello!" }];
const chat = { model, messages, max_tokens: 2, temperature: 0 };
const completion = { model, prompt: "Hello", max_tokens: 2, temperature: 0 };
const CHAT = "/v1/chat/completions";
const COMPLETIONS = "/v1/completions";

function post(
  path: string,
  body: string | Uint8Array | object,
  headers: Record<string, string> = {},
): Promise<Response> {
  const raw = typeof body === "string" || body instanceof Uint8Array;
  return fetch(served.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: raw ? (body as string) : JSON.stringify(body),
  });
}

async function expectRefusal(response: Response, status?: number): Promise<void> {
  const body = (await response.json()) as { error?: Record<string, unknown> };
  if (status !== undefined) expect(response.status).toBe(status);
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  expect(body.error).toMatchObject({ message: expect.any(String), type: expect.any(String) });
  expect(body.error).toHaveProperty("param");
  expect(body.error).toHaveProperty("code");
}

afterEach(async () => {
  const good = await post(CHAT, chat);
  expect(good.status).toBe(200);
  expect((await fetch(`${served.url}/health`)).status).toBe(200);
});

const deep = (open: string, close: string) => open.repeat(60_000) + close.repeat(60_000);
const tool = { type: "function", function: { name: "f", parameters: { type: "object" } } };
const named = (name: string) => ({ type: "function", function: { name } });
const calls = [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }];

/** As many copies of `item` as the server's body limit of 16 MiB allows. */
const flood = (before: string, item: string, after: string): string =>
  `${before}[${`${item},`.repeat(Math.floor((16 * 2 ** 20 - 4096) / (item.length + 1)))}${item}]${after}`;
const ask = `"model":"${model}","messages":[{"role":"user","content":"Hi"}]`;

/** [what, route, body, status if it must be one in particular] */
const bad: [string, string, object | string, number?][] = [
  ["an unknown model", CHAT, { ...chat, model: "gpt-9" }, 404],
  ["a model that is no string", CHAT, { ...chat, model: 7 }],
  ["no messages", CHAT, { model }],
  ["empty messages", CHAT, { ...chat, messages: [] }],
  ["messages that are text", CHAT, { ...chat, messages: "hi" }],
  ["a message that is null", CHAT, { ...chat, messages: [null] }],
  ["a message without a role", CHAT, { ...chat, messages: [{ content: "x" }] }],
  ["an unknown role", CHAT, { ...chat, messages: [{ role: "wizard", content: "x" }] }],
  ["a role that is a number", CHAT, { ...chat, messages: [{ role: 1, content: "x" }] }],
  ["content that is a number", CHAT, { ...chat, messages: [{ role: "user", content: 5 }] }],
  ["content that is an object", CHAT, { ...chat, messages: [{ role: "user", content: {} }] }],
  ["an image part", CHAT, { ...chat, messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] }],
  ["a text part without text", CHAT, { ...chat, messages: [{ role: "user", content: [{ type: "text" }] }] }],
  ["nothing to answer", CHAT, { ...chat, messages: [{ role: "system", content: "x" }] }],
  ["an answered conversation", CHAT, { ...chat, messages: [...messages, { role: "assistant", content: "x" }] }],
  ["a tool result without a call", CHAT, { ...chat, messages: [...messages, { role: "tool", content: "x" }] }],
  [
    "a tool result for another call",
    CHAT,
    {
      ...chat,
      messages: [
        ...messages,
        { role: "assistant", tool_calls: calls },
        { role: "tool", tool_call_id: "b", content: "" },
      ],
    },
  ],
  [
    "a call with arguments that are a list",
    CHAT,
    {
      ...chat,
      messages: [
        ...messages,
        { role: "assistant", tool_calls: [{ function: { name: "f", arguments: [] } }] },
        { role: "tool", content: "" },
      ],
    },
  ],
  ["a field nobody knows", CHAT, { ...chat, guided_grammar: "root ::= x" }],
  ["a field of another host", COMPLETIONS, { ...completion, min_tokens: 5 }],
  ["a template argument nobody knows", CHAT, { ...chat, chat_template_kwargs: { clear_thinking: false } }],
  ["more calls than one forbidden", CHAT, { ...chat, tools: [tool], parallel_tool_calls: false }],
  ["a forced tool that is not offered", CHAT, { ...chat, tools: [tool], tool_choice: named("g") }],
  ["n of 0", CHAT, { ...chat, n: 0 }],
  ["n of a million", CHAT, { ...chat, n: 1_000_000 }],
  ["n of one and a half", CHAT, { ...chat, n: 1.5 }],
  ["n as text", CHAT, { ...chat, n: "2" }],
  ["a negative temperature", CHAT, { ...chat, temperature: -1 }],
  ["a huge temperature", CHAT, { ...chat, temperature: 1e308 }],
  ["a temperature as text", CHAT, { ...chat, temperature: "NaN" }],
  ["an overflowing temperature", CHAT, '{"model":"cachalot-embedded","messages":[],"temperature":1e999}'],
  ["top_p of 0", CHAT, { ...chat, top_p: 0 }],
  ["top_p above 1", CHAT, { ...chat, top_p: 1.01 }],
  ["top_k below -1", CHAT, { ...chat, top_k: -5 }],
  ["top_k of a half", CHAT, { ...chat, top_k: 0.5 }],
  ["max_tokens of 0", CHAT, { ...chat, max_tokens: 0 }],
  ["max_tokens below 0", CHAT, { ...chat, max_tokens: -4 }],
  ["max_tokens past 2^53", CHAT, '{"model":"cachalot-embedded","messages":[],"max_tokens":9007199254740993}'],
  ["max_tokens as a list", CHAT, { ...chat, max_tokens: [1] }],
  ["max_completion_tokens of a half", CHAT, { ...chat, max_completion_tokens: 0.5 }],
  ["an empty stop", CHAT, { ...chat, stop: "" }],
  ["a hundred stops", CHAT, { ...chat, stop: Array.from({ length: 100 }, (_, i) => `s${i}`) }],
  ["a stop that is a number", CHAT, { ...chat, stop: 3 }],
  ["a huge stop", CHAT, { ...chat, stop: "x".repeat(5000) }],
  ["a seed that is a half", CHAT, { ...chat, seed: 0.5 }],
  ["a seed as text", CHAT, { ...chat, seed: "7" }],
  ["logprobs as a number", CHAT, { ...chat, logprobs: 3 }],
  ["top_logprobs without logprobs", CHAT, { ...chat, top_logprobs: 3 }],
  ["top_logprobs of 21", CHAT, { ...chat, logprobs: true, top_logprobs: 21 }],
  ["stream as text", CHAT, { ...chat, stream: "yes" }],
  ["stream_options without stream", CHAT, { ...chat, stream_options: { include_usage: true } }],
  ["tools that are an object", CHAT, { ...chat, tools: {} }],
  ["a tool without a function", CHAT, { ...chat, tools: [{ type: "function" }] }],
  ["a tool without a name", CHAT, { ...chat, tools: [{ type: "function", function: {} }] }],
  ["a tool of another type", CHAT, { ...chat, tools: [{ type: "browser", function: { name: "f" } }] }],
  ["2000 tools", CHAT, { ...chat, tools: Array.from({ length: 2000 }, () => tool) }],
  ["a forced tool", CHAT, { ...chat, tools: [tool], tool_choice: named("f") }],
  ["a nonsense tool_choice", CHAT, { ...chat, tool_choice: "maybe" }],
  ["a nonsense response_format", CHAT, { ...chat, response_format: { type: "xml" } }],
  ["a response_format that is text", CHAT, { ...chat, response_format: "json" }],
  ["a nonsense thinking", CHAT, { ...chat, thinking: { type: "maybe" } }],
  ["a thinking switch as text", CHAT, { ...chat, chat_template_kwargs: { thinking: "on" } }],
  ["a presence penalty", CHAT, { ...chat, presence_penalty: 1 }],
  ["a logit bias", CHAT, { ...chat, logit_bias: { "5": 100 } }],
  ["functions of old", CHAT, { ...chat, functions: [{ name: "f" }] }],
  ["60,000 nested lists", CHAT, `{"messages":${deep("[", "]")}}`, 400],
  ["60,000 nested objects", CHAT, `{"messages":${deep('{"a":', "}").replace("}", "1}")}`, 400],
  [
    "60,000 levels in a tool's schema",
    CHAT,
    JSON.stringify({ ...chat, tools: [tool] }).replace('"object"', deep("[", "]")),
  ],
  [
    "60,000 levels in a call's arguments",
    CHAT,
    {
      ...chat,
      messages: [
        ...messages,
        { role: "assistant", tool_calls: [{ id: "a", function: { name: "f", arguments: deep("[", "]") } }] },
        { role: "tool", tool_call_id: "a", content: "" },
      ],
    },
  ],
  ["cut-off JSON", CHAT, JSON.stringify(chat).slice(0, -5), 400],
  ["an empty body", CHAT, "", 400],
  ["a list", CHAT, "[]", 400],
  ["null", CHAT, "null", 400],
  ["a number", CHAT, "7", 400],
  ["millions of wrong messages", CHAT, flood('{"messages":', "0", "}"), 400],
  ["millions of empty messages", CHAT, flood('{"messages":', "{}", "}"), 400],
  ["millions of wrong parts", CHAT, flood('{"messages":[{"role":"user","content":', "0", "}]}"), 400],
  ["millions of wrong calls", CHAT, flood('{"messages":[{"role":"assistant","tool_calls":', "0", "}]}"), 400],
  ["millions of wrong tools", CHAT, flood(`{${ask},"tools":`, "0", "}"), 400],
  ["millions of wrong tools in a message", CHAT, flood('{"messages":[{"role":"system","tools":', "0", "}]}"), 400],
  ["millions of wrong stops", CHAT, flood(`{${ask},"stop":`, "0", "}"), 400],
  ["millions of biases", CHAT, flood(`{${ask},"logit_bias":`, "[]", "}"), 400],
  ["a wrong choice of a million tools", CHAT, flood(`{${ask},"tool_choice":`, "0", "}"), 400],
  ["a response format of millions", CHAT, flood(`{${ask},"response_format":`, "0", "}"), 400],
  [
    "a json schema of millions",
    CHAT,
    flood(`{${ask},"response_format":{"type":"json_schema","json_schema":`, "0", "}}"),
    400,
  ],
  ["millions of wrong prompts", COMPLETIONS, flood('{"prompt":', "{}", "}"), 400],
  ["millions of wrong tokens", COMPLETIONS, flood('{"prompt":', "-1", "}"), 400],
  ["millions of wrong tokens in a prompt", COMPLETIONS, flood('{"prompt":[', "-1", "]}"), 400],
  ["millions of good tokens", COMPLETIONS, flood('{"prompt":', "1", "}"), 400],
  ["a prompt past the context", CHAT, { ...chat, messages: [{ role: "user", content: "whale ".repeat(9000) }] }, 400],
  ["no prompt", COMPLETIONS, { model }],
  ["an empty prompt", COMPLETIONS, { ...completion, prompt: "" }],
  ["an empty list of prompts", COMPLETIONS, { ...completion, prompt: [] }],
  ["mixed prompts", COMPLETIONS, { ...completion, prompt: ["a", 5] }],
  ["a negative token", COMPLETIONS, { ...completion, prompt: [-1] }],
  ["a token outside the vocabulary", COMPLETIONS, { ...completion, prompt: [4096] }],
  ["a thousand prompts", COMPLETIONS, { ...completion, prompt: Array.from({ length: 1000 }, () => "a") }],
  ["too many choices in all", COMPLETIONS, { ...completion, prompt: Array.from({ length: 60 }, () => "a"), n: 16 }],
  ["best_of other than n", COMPLETIONS, { ...completion, best_of: 5 }],
  ["logprobs of 100", COMPLETIONS, { ...completion, logprobs: 100 }],
  ["a suffix", COMPLETIONS, { ...completion, suffix: "x" }],
  [
    "a prompt of tokens past the context",
    COMPLETIONS,
    { ...completion, prompt: Array.from({ length: 5000 }, () => 9) },
    400,
  ],
];

test.each(bad)("%s is refused", async (_, path, body, status) => {
  await expectRefusal(await post(path, body), status);
});

test("bytes that are no UTF-8, other content types and compressed bodies are refused", async () => {
  await expectRefusal(await post(CHAT, Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d)), 400);
  await expectRefusal(await post(CHAT, JSON.stringify(chat), { "content-type": "text/plain" }), 415);
  await expectRefusal(await post(CHAT, JSON.stringify(chat), { "content-encoding": "gzip" }), 415);
});

test("a body past the limit is refused, whether it says so or not", async () => {
  const big = " ".repeat(17 * 2 ** 20);
  const declared = await post(CHAT, big).catch(() => undefined);
  if (declared) await expectRefusal(declared, 413);
  const chunked = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 17; i++) controller.enqueue(new Uint8Array(2 ** 20).fill(32));
      controller.close();
    },
  });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: chunked, duplex: "half" };
  const streamed = await fetch(served.url + CHAT, init as RequestInit).catch(() => undefined);
  if (streamed) await expectRefusal(streamed, 413);
});

test("odd but legal text is served: lone surrogates, NUL, prototypes, duplicate keys", async () => {
  const odd = ['"\\ud800"', '"a\\u0000b"', '"<｜end▁of▁sentence｜><｜User｜>"', '"\\u202e\\ufeff"'];
  for (const content of odd)
    expect((await post(CHAT, `{"messages":[{"role":"user","content":${content}}],"max_tokens":2}`)).status).toBe(200);
  const proto = '{"__proto__":{"n":5},"constructor":{"prototype":{}},"messages":[{"role":"user","content":"x"}],';
  const answer = await post(CHAT, `${proto}"max_tokens":1,"max_tokens":2}`);
  expect(answer.status).toBe(200);
  expect(((await answer.json()) as { choices: unknown[] }).choices).toHaveLength(1);
});

test("unknown paths, wrong methods and foreign host names are refused", async () => {
  await expectRefusal(await fetch(`${served.url}/v2/chat`), 404);
  await expectRefusal(await fetch(`${served.url}/../../etc/passwd`), 404);
  await expectRefusal(await fetch(served.url + CHAT), 405);
  await expectRefusal(await fetch(`${served.url}/health`, { method: "DELETE" }), 405);
  const foreign = await raw(`GET /v1/models HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n`);
  expect(foreign).toMatch(/^HTTP\/1\.1 4\d\d /);
});

/** Sends bytes over a socket and returns what comes back until it closes. */
function raw(request: string): Promise<string> {
  const { hostname, port } = new URL(served.url);
  const socket = connect(Number(port), hostname);
  socket.write(request);
  return text(socket).catch(() => "");
}

test("what is not HTTP gets a 4xx or a closed socket", async () => {
  for (const nonsense of [
    "hello\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01",
    "POST / HTTP/1.1\r\ncontent-length: -5\r\n\r\n",
  ])
    expect(await raw(nonsense)).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
  const flood = `GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n${"x: y\r\n".repeat(20_000)}\r\n`;
  expect(await raw(flood)).toMatch(/^HTTP\/1\.1 4\d\d /);
});

test("a client that dawdles does not hold up the others", async () => {
  const { hostname, port } = new URL(served.url);
  const sockets = Array.from({ length: 20 }, () => connect(Number(port), hostname));
  for (const socket of sockets) {
    socket.on("error", () => {});
    socket.write(
      `POST ${CHAT} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
    );
  }
  expect((await post(CHAT, chat)).status).toBe(200);
  for (const socket of sockets) socket.destroy();
});

test("more clients than there is room for get 429 with a time to wait; those served are served whole", async () => {
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => post(COMPLETIONS, { ...completion, max_tokens: 20 })),
  );
  const statuses = answers.map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  for (const answer of answers)
    if (answer.status === 429) {
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      await expectRefusal(answer, 429);
    } else
      expect(
        ((await answer.json()) as { usage: { completion_tokens: number } }).usage.completion_tokens,
      ).toBeGreaterThan(0);
});

test("clients that hang up free their slots, before the first byte and after", async () => {
  for (const wait of [0, 5, 40]) {
    const hangers = Array.from({ length: 4 }, () => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), wait);
      return fetch(served.url + COMPLETIONS, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...completion, max_tokens: 3000, stream: true, temperature: 1 }),
        signal: abort.signal,
      })
        .then((response) => response.text())
        .catch(() => "gone");
    });
    await Promise.all(hangers);
    await expect
      .poll(async () => (await fetch(`${served.url}/metrics`)).text(), { timeout: 3000 })
      .toMatch(/cachalot_active_sequences 0[\s\S]*cachalot_generations_in_flight 0/);
  }
});

test("any damage to a valid request is a refusal or an answer, never a failure of the server", async () => {
  const valid = {
    ...chat,
    tools: [tool],
    stop: ["x"],
    seed: 1,
    top_p: 0.9,
    logprobs: true,
    top_logprobs: 1,
    stream: false,
  };
  const paths = [
    "model",
    "messages",
    "max_tokens",
    "tools",
    "stop",
    "seed",
    "top_p",
    "logprobs",
    "top_logprobs",
    "stream",
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 3 }), async (path, value) => {
      const response = await post(CHAT, { ...valid, [path]: value });
      if (response.status === 200) await response.text();
      else await expectRefusal(response);
    }),
    { numRuns: 150, seed: 7 },
  );
});
