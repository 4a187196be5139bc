/** Over a real socket, with a model whose queue is as full as the test says. */

import http from "node:http";
import { type ChatModel, createScriptedModel } from "@cachalot/chat";
import { afterEach, expect, test, vi } from "vitest";
import { createServer, type ModelStats, type RunningServer, type ServerOptions } from "../index.js";

const servers: RunningServer[] = [];
const agents: http.Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(options: Partial<ServerOptions> = {}) {
  const chat = createScriptedModel({ turns: Array.from({ length: 50 }, () => ({ content: "Hi" })) });
  const state: ModelStats = { active: 2, queued: 3, limit: 5 };
  const server = await createServer({ port: 0, graceMs: 100, chat, stats: () => state, ...options });
  servers.push(server);
  return { server, state, chat };
}

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
  port: number | undefined;
}

function send(
  server: RunningServer,
  body: string | Buffer,
  { path = "/v1/chat/completions", agent, ...options }: http.RequestOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: server.host,
      port: server.port,
      path,
      method: "POST",
      ...(agent ? { agent } : {}),
      ...options,
      headers: { "content-type": "application/json", ...options.headers },
    });
    request.on("error", reject).on("response", (response) => {
      let text = "";
      const port = response.socket.localPort;
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body: text, port }));
    });
    request.end(body);
  });
}

const question = JSON.stringify({ model: "scripted", messages: [{ role: "user", content: "Hello" }] });

function keptAlive(): http.Agent {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return agent;
}

test("a full queue refuses before the request is read, in the API's shape, and says when to come back", async () => {
  const { server, chat, state } = await serve();
  for (const path of ["/v1/chat/completions", "/v1/completions?x=1"]) {
    const { status, headers, body } = await send(server, "not even JSON", { path });
    expect(status).toBe(429);
    expect(headers).toMatchObject({ "retry-after": "1", "content-type": "application/json" });
    expect(headers["x-request-id"]).toMatch(/^req-/);
    expect(JSON.parse(body)).toEqual({
      error: {
        message: "2 generations run and 3 wait already; send the request again later",
        type: "rate_limit_error",
        param: null,
        code: "overloaded",
      },
    });
  }
  expect(chat.requests).toEqual([]);
  state.queued = 2;
  expect((await send(server, "not even JSON")).status).toBe(400);
  expect((await send(server, question)).status).toBe(200);
});

test("the connection carries on: refused and answered requests take turns on it, whatever their bodies", async () => {
  const { server, state } = await serve();
  const agent = keptAlive();
  const long = "x".repeat(3 * 2 ** 20);
  const ports = new Set<number | undefined>();
  for (const [full, body, headers, status] of [
    [true, question, {}, 429],
    [false, question, {}, 200],
    [true, long, {}, 429],
    [true, long, { "transfer-encoding": "chunked" }, 429],
    [true, "", {}, 429],
    [false, question, {}, 200],
  ] as const) {
    state.queued = full ? 3 : 0;
    const answer = await send(server, body, { agent, headers });
    expect(answer.status).toBe(status);
    ports.add(answer.port);
  }
  expect(ports.size).toBe(1);
});

test("a body past the limit is not read, and ends the connection", async () => {
  const { server } = await serve({ maxBodyBytes: 1000 });
  const declared = await send(server, Buffer.alloc(0), { headers: { "content-length": "0" }, agent: keptAlive() });
  expect(declared.headers.connection).toBe("keep-alive");
  const refused = await new Promise<Answer>((resolve, reject) => {
    const request = http.request({
      host: server.host,
      port: server.port,
      path: "/v1/completions",
      method: "POST",
      headers: { "content-length": 10 ** 9 },
    });
    request.on("error", reject).on("response", (response) => {
      response.resume();
      resolve({ status: response.statusCode!, headers: response.headers, body: "", port: undefined });
      request.on("error", () => undefined).destroy();
    });
    request.flushHeaders();
  });
  expect(refused.status).toBe(429);
  expect(refused.headers.connection).toBe("close");
  const endless = await new Promise<string>((resolve) => {
    const request = http.request({ host: server.host, port: server.port, path: "/v1/completions", method: "POST" });
    const timer = setInterval(() => request.write("x".repeat(500)), 5);
    request.on("response", (response) => response.resume());
    request
      .on("error", () => undefined)
      .on("close", () => {
        clearInterval(timer);
        resolve("closed");
      });
  });
  expect(endless).toBe("closed");
});

test("a client that asks before it sends is not asked for its body", async () => {
  const { server, state } = await serve();
  const ask = (): Promise<{ continued: boolean; status: number | undefined }> =>
    new Promise((resolve, reject) => {
      let continued = false;
      const request = http.request({
        host: server.host,
        port: server.port,
        path: "/v1/chat/completions",
        method: "POST",
        headers: {
          expect: "100-continue",
          "content-type": "application/json",
          "content-length": Buffer.byteLength(question),
        },
      });
      request.on("error", reject).on("continue", () => {
        continued = true;
        request.end(question);
      });
      request.on("response", (response) => {
        response.resume();
        resolve({ continued, status: response.statusCode });
        if (!continued) request.on("error", () => undefined).destroy();
      });
      request.flushHeaders();
    });
  expect(await ask()).toEqual({ continued: false, status: 429 });
  state.queued = 0;
  expect(await ask()).toEqual({ continued: true, status: 200 });
});

test("guards come first: another host and a missing key are answered as ever; other routes are", async () => {
  const { server } = await serve({ apiKey: "secret" });
  const right = { authorization: "Bearer secret" };
  expect((await send(server, question)).status).toBe(401);
  expect((await send(server, question, { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
  expect((await send(server, question, { headers: { ...right, host: "evil.example" } })).status).toBe(403);
  expect((await send(server, question, { headers: right })).status).toBe(429);
  expect((await send(server, "", { method: "GET", path: "/v1/models", headers: right })).status).toBe(200);
  expect((await send(server, question, { path: "/v1/embeddings", headers: right })).status).toBe(404);
  expect((await send(server, "", { method: "GET", headers: right })).status).toBe(405);
});

test("a model that is being started is a 503 with the time to wait, on both routes and in health", async () => {
  const { server, state } = await serve();
  Object.assign(state, { available: false, retryAfterMs: 2500, active: 0, queued: 0 });
  const { status, headers, body } = await send(server, question);
  expect({ status, retry: headers["retry-after"] }).toEqual({ status: 503, retry: "3" });
  expect(JSON.parse(body).error).toMatchObject({ type: "server_error", code: "unavailable" });
  const health = await fetch(`${server.url}/health`);
  expect(health.status).toBe(503);
  expect(await health.json()).toEqual({ status: "starting", model: "scripted" });
  state.available = true;
  expect((await send(server, question)).status).toBe(200);
});

test("refusals are counted like any answer", async () => {
  const { server } = await serve();
  await Promise.all(Array.from({ length: 5 }, () => send(server, question)));
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('cachalot_http_requests_total{method="POST",route="/v1/chat/completions",status="429"} 5');
  expect(metrics).toContain("cachalot_queue_limit 5");
  expect(metrics).not.toMatch(/^cachalot_cache_used_bytes \d/m);
});

test("many generations at once leave no warning about listeners", async () => {
  const added: AbortSignal[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const chat: ChatModel = {
    id: "scripted",
    contextLength: 100,
    async *generate(request) {
      added.push(request.signal!);
      request.signal!.addEventListener("abort", () => undefined);
      await gate;
      yield { type: "content", delta: "Hi" };
      yield { type: "usage", usage: { promptTokens: 1, completionTokens: 1, reasoningTokens: 0, cachedTokens: 0 } };
      yield { type: "finish", reason: "stop" };
    },
  };
  const { server, state } = await serve({ chat });
  state.limit = 1000;
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(`${warning.name}: ${warning.message}`);
  process.on("warning", listen);
  const many = JSON.stringify({ ...JSON.parse(question), n: 16 });
  const answers = [...Array.from({ length: 15 }, () => send(server, question)), send(server, many)];
  await vi.waitUntil(() => added.length === 15 + 16);
  release();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 200));
  process.off("warning", listen);
  expect(warnings).toEqual([]);
});
