import { createScriptedModel } from "@cachalot/chat";
import { expect, test } from "vitest";
import * as z from "zod";
import { createApp } from "../create-app.js";
import { apiRoutes } from "../routes.js";
import { chatChunkSchema } from "./schemas.js";

const chat = createScriptedModel({ turns: () => ({ reasoning: "Deep.", content: "In the deep." }) });
const tokenizer = {
  vocabSize: 256,
  encode: (text: string) => [...new TextEncoder().encode(text)],
  decode: (ids: readonly number[]) => new TextDecoder().decode(Uint8Array.from(ids)),
  tokenBytes: (id: number) => Uint8Array.of(id),
};
const app = createApp({ chat, tokenizer, corsOrigins: ["https://example.org"] });
const messages = [{ role: "user", content: "Where?" }];

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  app.request(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

const documentSchema = z.object({
  openapi: z.literal("3.1.0"),
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ summary: z.string(), responses: z.looseObject({ 200: z.looseObject({}) }) })),
  ),
});

test("every route is described, with the schemas it is checked with", async () => {
  const document = documentSchema.parse(await (await app.request("/openapi.json")).json());
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace("{id}", ":id{.+}")}`),
  );
  expect(described.sort()).toEqual(
    apiRoutes(undefined)
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
  );
  const body = (document.paths["/v1/chat/completions"]!.post as unknown as { requestBody: unknown }).requestBody;
  expect(body).toMatchObject({
    content: {
      "application/json": {
        schema: {
          properties: {
            messages: { type: "array" },
            temperature: { anyOf: [{ type: "number", minimum: 0, maximum: 2 }, {}] },
          },
        },
      },
    },
  });
});

test("the wire is as described", async () => {
  const asked: [method: string, path: string, body?: object][] = [
    ["POST", "/v1/chat/completions", { messages }],
    ["POST", "/tokenize", { prompt: "Sepia", return_token_strs: true }],
    ["POST", "/tokenize", { messages }],
    ["POST", "/detokenize", { tokens: [83, 101] }],
    ["GET", "/v1/models"],
    ["GET", "/health"],
  ];
  for (const [method, path, body] of asked) {
    const response = body ? await post(path, body) : await app.request(path);
    expect(response.status, path).toBe(200);
    const route = apiRoutes(undefined).find((one) => one.method === method && one.path === path);
    expect(route?.response?.safeParse(await response.json()).error, path).toBeUndefined();
    if (body) expect(route?.body?.safeParse(body).error, path).toBeUndefined();
  }
  const stream = await (await post("/v1/chat/completions", { messages, stream: true })).text();
  const chunks = [...stream.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json!) as unknown);
  expect(chunks.length).toBeGreaterThan(2);
  for (const chunk of chunks) expect(chatChunkSchema.safeParse(chunk).error).toBeUndefined();
});

test("tokens of a text and of a conversation, and back", async () => {
  const { tokens, count } = (await (await post("/tokenize", { messages })).json()) as {
    tokens: number[];
    count: number;
  };
  expect(count).toBe(tokens.length);
  const { prompt } = (await (await post("/detokenize", { tokens })).json()) as { prompt: string };
  expect(prompt).toMatch(/<｜User｜>Where\?<｜Assistant｜><think>$/);
  const refused = await post("/detokenize", { tokens: [1, 256] });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ error: { param: "tokens[1]" } });
  expect((await post("/tokenize", { prompt: "a", messages })).status).toBe(400);
  const gateway = createApp({ chat });
  const response = await gateway.request("/tokenize", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  expect(response.status).toBe(404);
});

test("pages of the named origins may use the API, errors included; others and other routes may not", async () => {
  const from = (origin: string, path: string) => app.request(path, { headers: { origin } });
  const allowed = (response: Response) => response.headers.get("access-control-allow-origin");
  expect(allowed(await from("https://example.org", "/v1/models"))).toBe("https://example.org");
  expect(allowed(await from("https://example.org", "/v1/models/none"))).toBe("https://example.org");
  expect(allowed(await from("https://example.com", "/v1/models"))).toBeNull();
  expect(allowed(await from("https://example.org", "/health"))).toBeNull();
  const preflight = await app.request("/v1/chat/completions", {
    method: "OPTIONS",
    headers: { origin: "https://example.org", "access-control-request-method": "POST" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-headers")).toContain("content-type");
});
