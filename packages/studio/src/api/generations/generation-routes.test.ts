import { createScriptedModel } from "@cachalot/chat";
import { createApp } from "@cachalot/server";
import { expect, test } from "vitest";
import { generationRoutes } from "./generation-routes.js";

const PATH = "/studio/api/generations";
const app = () => {
  const chat = createScriptedModel({ turns: [{ reasoning: "Deep.", content: "In the deep." }] });
  return createApp({ chat, routes: generationRoutes(), onError: () => {} });
};

const begin = (to: ReturnType<typeof app>, body: object) =>
  to.request(PATH, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });

const eventsOf = (text: string) =>
  text
    .split("\n\n")
    .filter((event) => event.includes("data: "))
    .map((event) => JSON.parse(event.slice(event.indexOf("data: ") + 6)) as { type: string; delta?: string });

const messages = [{ role: "user", content: "Where?" }];

test("an answer is held by the server: read whole, read again, read from behind an event", async () => {
  const server = app();
  const begun = await begin(server, { messages });
  expect(begun.status).toBe(201);
  const { id } = (await begun.json()) as { id: string };
  const read = async (headers: Record<string, string> = {}) =>
    eventsOf(await (await server.request(`${PATH}/${id}/events`, { headers })).text());
  const all = await read();
  const text = (type: string) => all.map((event) => (event.type === type ? event.delta : "")).join("");
  expect(text("reasoning")).toBe("Deep.");
  expect(text("content")).toBe("In the deep.");
  expect(all.at(-2)).toMatchObject({ type: "finish", reason: "stop" });
  expect(all.at(-1)).toEqual({ type: "end" });
  expect(await read()).toEqual(all);
  expect(await read({ "last-event-id": "0" })).toEqual(all.slice(1));
});

test("a request that cannot be answered is refused at once, naming its field; unknown answers are gone", async () => {
  const server = app();
  const refused = await begin(server, { messages: [{ role: "whale", content: "?" }] });
  expect(refused.status).toBe(400);
  expect(((await refused.json()) as { error: { param: string } }).error.param).toBe("messages[0].role");
  expect((await server.request(`${PATH}/gen-none/events`)).status).toBe(404);
  expect((await server.request(`${PATH}/gen-none`, { method: "DELETE" })).status).toBe(404);
});

test("an answer that is stopped ends with what came", async () => {
  const chat = createScriptedModel({ turns: [{ content: "word ".repeat(2000) }] });
  const slow = {
    ...chat,
    async *generate(request: Parameters<typeof chat.generate>[0]) {
      for await (const event of chat.generate(request)) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        yield event;
      }
    },
  };
  const server = createApp({ chat: slow, routes: generationRoutes(), onError: () => {} });
  const { id } = (await (await begin(server, { messages, thinking: { type: "disabled" } })).json()) as { id: string };
  const read = async () => eventsOf(await (await server.request(`${PATH}/${id}/events`)).text());
  const events = read();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect((await server.request(`${PATH}/${id}`, { method: "DELETE" })).status).toBe(204);
  const all = await events;
  expect(all.at(-2)).toMatchObject({ type: "finish", reason: "aborted" });
  expect(all.filter(({ type }) => type === "content").length).toBeLessThan(2000);
});
