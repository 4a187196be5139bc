/** `/studio/api/generations`: an answer is begun, listened to and stopped by separate requests. */

import { parseChatRequest, type Route, readJsonObject, requireModel } from "@cachalot/server";
import * as z from "zod";
import { replay } from "../../http/event-log.js";
import { generationEventSchema } from "../../wire/generation.js";
import { Generations } from "./generations.js";

const PATH = "/studio/api/generations";

export function generationRoutes(): readonly Route[] {
  const generations = new Generations();
  return [
    {
      method: "POST",
      path: PATH,
      summary: "Begin an answer that the server holds",
      body: z.looseObject({ messages: z.array(z.looseObject({ role: z.string() })) }),
      response: z.object({ id: z.string(), model: z.string() }),
      async handle(c, app) {
        const body = await readJsonObject(c.req.raw, app.maxBodyBytes);
        const { model, requests } = parseChatRequest({ ...body, n: 1, stream: true }, app.defaultThinkingMode);
        requireModel(app.chat.id, model, app.aliases);
        return c.json({ id: generations.begin(app, requests[0]!).id, model: app.chat.id }, 201);
      },
    },
    {
      method: "GET",
      path: `${PATH}/:id/events`,
      summary: "The answer as it comes, from its beginning or behind Last-Event-ID",
      events: generationEventSchema,
      handle: (c, { keepAliveMs }) => replay(c, generations.get(c.req.param("id") ?? "").log, keepAliveMs),
    },
    {
      method: "DELETE",
      path: `${PATH}/:id`,
      summary: "Stop an answer; what came of it stays",
      handle(c) {
        generations.get(c.req.param("id") ?? "").stop();
        return c.body(null, 204);
      },
    },
  ];
}
