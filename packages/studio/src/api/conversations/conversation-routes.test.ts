import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScriptedModel } from "@cachalot/chat";
import { createApp } from "@cachalot/server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { conversationRoutes } from "./conversation-routes.js";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cachalot-conversations-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const PATH = "/studio/api/conversations";

const conversation = (id: string, text = "Hello", updatedAt = 1) => ({
  id,
  title: text,
  createdAt: 1,
  updatedAt,
  settings: { system: "", tools: "", serverTools: [], thinking: true },
  messages: [{ id: "m-1", parent: null, message: { role: "user", content: text } }],
  current: "m-1",
});

const start = () =>
  createApp({ chat: createScriptedModel({ turns: [] }), routes: conversationRoutes(directory), onError: () => {} });

const put = (app: ReturnType<typeof start>, id: string, body: unknown, headers: Record<string, string> = {}) =>
  app.request(`${PATH}/${id}`, {
    method: "PUT",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });

test("a conversation is kept, read with its version, and not overwritten by who has not seen it", async () => {
  const app = start();
  const first = await put(app, "one1", conversation("one1"), { "if-none-match": "*" });
  expect(first.status).toBe(200);
  const etag = first.headers.get("etag")!;
  const read = await app.request(`${PATH}/one1`);
  expect(read.headers.get("etag")).toBe(etag);
  expect(await read.json()).toEqual(conversation("one1"));
  expect((await app.request(`${PATH}/one1`, { headers: { "if-none-match": etag } })).status).toBe(304);

  expect((await put(app, "one1", conversation("one1", "again"), { "if-none-match": "*" })).status).toBe(412);
  const second = await put(app, "one1", conversation("one1", "changed"), { "if-match": etag });
  expect(second.status).toBe(200);
  const late = await put(app, "one1", conversation("one1", "late"), { "if-match": etag });
  expect(late.status).toBe(412);
  expect(((await late.json()) as { error: { code: string } }).error.code).toBe("changed_elsewhere");
  expect(await (await start().request(`${PATH}/one1`)).json()).toEqual(conversation("one1", "changed"));
  expect((await readdir(join(directory, "conversations"))).sort()).toEqual(["one1.json"]);
});

test("of writers at the same moment with the same version, one wins", async () => {
  const app = start();
  const { headers } = await put(app, "race", conversation("race"));
  const match = { "if-match": headers.get("etag")! };
  const statuses = await Promise.all(
    Array.from({ length: 8 }, async (_, i) => (await put(app, "race", conversation("race", `${i}`), match)).status),
  );
  expect(statuses.filter((status) => status === 200).length).toBe(1);
  expect(statuses.filter((status) => status === 412).length).toBe(7);
});

test("the list is by age, leaves damaged files out, and finds words in messages", async () => {
  const app = start();
  expect(await (await app.request(PATH)).json()).toEqual({ conversations: [] });
  await put(app, "older", conversation("older", "About sperm whales", 1));
  await put(app, "newer", conversation("newer", "About squid", 2));
  await writeFile(join(directory, "conversations/broken.json"), "{");
  const list = async (query = "") =>
    ((await (await app.request(PATH + query)).json()) as { conversations: { id: string; found?: string }[] })
      .conversations;
  expect((await list()).map(({ id }) => id)).toEqual(["newer", "older"]);
  expect(await list("?search=WHALES")).toMatchObject([{ id: "older", found: "About sperm whales" }]);
  expect((await app.request(`${PATH}/older`, { method: "DELETE" })).status).toBe(204);
  expect((await list()).map(({ id }) => id)).toEqual(["newer"]);
  expect((await app.request(`${PATH}/older`, { method: "DELETE" })).status).toBe(404);
});

test("ids name no other file, and what is no conversation is refused by its field", async () => {
  const app = start();
  for (const id of ["..%2f..%2fetc", "A", "x", "..%2fx.json", "a".repeat(65)])
    expect((await app.request(`${PATH}/${id}`)).status, id).toBe(400);
  expect((await put(app, "other", conversation("one1"))).status).toBe(400);
  const wrong = await put(app, "one1", { ...conversation("one1"), messages: [{ id: "m", parent: null }] });
  expect(wrong.status).toBe(400);
  expect(((await wrong.json()) as { error: { param: string } }).error.param).toBe("messages[0].message");
});
