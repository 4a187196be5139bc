/** `cachalot serve` with its engine killed under it: the answers are lost, the server is not. */
import { afterEach, expect, test, vi } from "vitest";
import { type Served, serve } from "./support/cachalot.js";
import { childrenOf, isAlive } from "./support/processes.js";

const isLinux = process.platform === "linux";
const servers: Served[] = [];
afterEach(async () => {
  for (const { process: child, stop } of servers.splice(0)) if (child.exitCode === null && !child.killed) await stop();
});

async function start(...args: string[]): Promise<{ served: Served; engine: () => number }> {
  const served = await serve(args);
  servers.push(served);
  return { served, engine: () => childrenOf(served.process.pid!)[0]! };
}

function ask(
  { url, model }: Served,
  stream: boolean,
  path = "/v1/chat/completions",
  maxTokens = 4000,
): Promise<Response> {
  const prompt = "Tell me about whales.";
  return fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model,
      stream,
      max_tokens: maxTokens,
      // Hardly ever an end token: streams go on until something ends them.
      ...(stream ? { temperature: 2, top_p: 1, seed: 1 } : {}),
      ...(path.includes("chat") ? { messages: [{ role: "user", content: prompt }] } : { prompt }),
    }),
  });
}

const metric = async ({ url }: Served, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1]);
};

for (const signal of ["SIGKILL", "SIGSEGV"] as const)
  test.skipIf(!isLinux)(
    `an engine that dies of ${signal} costs its streams an error event; others are served soon`,
    async () => {
      const { served, engine } = await start("--max-sequences", "2");
      const paths = ["/v1/chat/completions", "/v1/completions"];
      const streams = await Promise.all(paths.map((path) => ask(served, true, path)));
      const bodies = streams.map((response) => response.text());
      const waiting = ask(served, false);
      const first = engine();
      process.kill(first, signal);
      for (const body of await Promise.all(bodies)) {
        const events = body.split("\n\n").filter((event) => event.startsWith("data: "));
        const { error } = JSON.parse(events.at(-1)!.slice(6));
        expect(error).toMatchObject({ type: "server_error", code: "unavailable", param: null });
        expect(error.message).toContain(`was killed by ${signal}`);
        expect(body).not.toContain("[DONE]");
      }
      const refused = await waiting;
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
      await vi.waitUntil(async () => (await fetch(`${served.url}/health`)).status === 200, { timeout: 20_000 });
      const answer = await fetch(`${served.url}/v1/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: served.model, prompt: "Once", max_tokens: 3 }),
      });
      expect(answer.status).toBe(200);
      expect(await metric(served, "cachalot_engine_restarts_total")).toBe(1);
      expect(engine()).not.toBe(first);
      expect(isAlive(first)).toBe(false);
      expect(served.process.exitCode).toBe(null);
    },
  );

test.skipIf(!isLinux)("while the engine starts again, requests get 503 and health says so", async () => {
  const { served, engine } = await start();
  process.kill(engine(), "SIGKILL");
  const statuses = new Set<number>();
  const health = new Set<string>();
  await vi.waitUntil(
    async () => {
      const { status } = await fetch(`${served.url}/health`).then(async (response) => {
        health.add(((await response.json()) as { status: string }).status);
        return response;
      });
      const response = await fetch(`${served.url}/v1/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: served.model, prompt: "Once", max_tokens: 1 }),
      });
      statuses.add(response.status);
      return status === 200 && response.status === 200 && statuses.has(503);
    },
    { timeout: 20_000, interval: 5 },
  );
  expect([...statuses]).toEqual(expect.arrayContaining([503, 200]));
  expect([...health]).toEqual(expect.arrayContaining(["starting", "ok"]));
});

test.skipIf(!isLinux)("no engine outlives its server, not even one that is killed", async () => {
  const { served, engine } = await start();
  const pid = engine();
  const stream = await ask(served, true);
  const body = stream.text().catch(() => "");
  process.kill(served.process.pid!, "SIGKILL");
  await vi.waitUntil(() => !isAlive(pid), { timeout: 20_000 });
  await body;
});

test.skipIf(!isLinux)("a signal to the whole group, as of Ctrl+C, lets answers end first", async () => {
  const { served, engine } = await start();
  const pid = engine();
  const stream = await ask(served, true, "/v1/chat/completions", 50);
  for (const each of [pid, served.process.pid!]) process.kill(each, "SIGINT");
  expect(await stream.text()).toMatch(/data: \[DONE\]\n\n$/);
  await vi.waitUntil(() => !isAlive(pid) && served.process.exitCode !== null, { timeout: 20_000 });
  expect(served.process.exitCode).toBe(0);
});

test("metrics tell what the cache takes, what it may take, and the memory of both processes", async () => {
  const { served } = await start("--cache-memory", "64");
  await (await ask(served, false)).arrayBuffer();
  const limit = await metric(served, "cachalot_cache_limit_bytes");
  expect(limit).toBeGreaterThan(60 * 2 ** 20);
  expect(limit).toBeLessThanOrEqual(64 * 2 ** 20);
  const used = await metric(served, "cachalot_cache_used_bytes");
  expect(used).toBeGreaterThan(0);
  expect(used).toBeLessThanOrEqual(limit);
  expect(await metric(served, "process_resident_memory_bytes")).toBeGreaterThan(20 * 2 ** 20);
  expect(await metric(served, "cachalot_engine_resident_memory_bytes")).toBeGreaterThan(50 * 2 ** 20);
});
