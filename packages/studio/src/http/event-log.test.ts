import { Hono } from "hono";
import { expect, test } from "vitest";
import { EventLog, replay } from "./event-log.js";

test("clients read a log from its beginning, or from where they left off, while it grows", async () => {
  const log = new EventLog<{ type: string; n: number }>();
  const app = new Hono().get("/", (c) => replay(c, log, 10_000));
  log.push({ type: "n", n: 0 });
  const read = async (headers: Record<string, string>) => (await app.request("/", { headers })).text();
  const first = read({});
  const second = read({ "last-event-id": "1" });
  for (const n of [1, 2]) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    log.push({ type: "n", n });
  }
  log.end();
  const event = (n: number) => `id: ${n}\ndata: {"type":"n","n":${n}}\n\n`;
  const end = 'data: {"type":"end"}\n\n';
  expect(await first).toBe(event(0) + event(1) + event(2) + end);
  expect(await second).toBe(event(2) + end);
});
