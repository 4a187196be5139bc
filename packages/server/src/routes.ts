/** The routes of the OpenAI-compatible API, one entry each. */

import { chatRequestSchema } from "./chat/chat-request.js";
import { chatRoute } from "./chat/chat-route.js";
import { completionRequestSchema } from "./completions/completion-request.js";
import { completionRoute } from "./completions/completion-route.js";
import type { Route } from "./http/route.js";
import type { ModelStats } from "./model-stats.js";
import { getModel, listModels } from "./models-route.js";
import {
  chatChunkSchema,
  chatCompletionSchema,
  healthSchema,
  modelListSchema,
  modelSchema,
  textChunkSchema,
  textCompletionSchema,
} from "./openapi/schemas.js";
import { tokenRoutes } from "./tokens/token-routes.js";
import { unixTime } from "./wire.js";

/** @param stats what the model tells of itself, for `/health` */
export function apiRoutes(stats: (() => ModelStats) | undefined): readonly Route[] {
  const created = unixTime();
  return [
    {
      method: "POST",
      path: "/v1/chat/completions",
      summary: "Answer a conversation",
      body: chatRequestSchema,
      response: chatCompletionSchema,
      events: chatChunkSchema,
      handle: chatRoute,
    },
    {
      method: "POST",
      path: "/v1/completions",
      summary: "Continue a text",
      body: completionRequestSchema,
      response: textCompletionSchema,
      events: textChunkSchema,
      handle: completionRoute,
    },
    {
      method: "GET",
      path: "/v1/models",
      summary: "The model served",
      response: modelListSchema,
      handle: (c, app) => listModels(c, app, created),
    },
    {
      method: "GET",
      path: "/v1/models/:id{.+}",
      summary: "One model",
      response: modelSchema,
      handle: (c, app) => getModel(c, app, created),
    },
    ...tokenRoutes,
    {
      method: "GET",
      path: "/health",
      summary: "Whether the model answers",
      response: healthSchema,
      handle(c, { chat }) {
        const { available = true } = stats?.() ?? {};
        return c.json({ status: available ? "ok" : "starting", model: chat.id }, available ? 200 : 503);
      },
    },
    {
      method: "GET",
      path: "/metrics",
      summary: "Counters for Prometheus",
      handle: async (c, { metrics }) =>
        c.body(await metrics.registry.metrics(), 200, { "content-type": metrics.registry.contentType }),
    },
  ];
}
