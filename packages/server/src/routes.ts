/** The routes of the OpenAI-compatible API, one entry each. */

import { chatRoute } from "./chat/chat-route.js";
import { completionRoute } from "./completions/completion-route.js";
import type { Route } from "./http/route.js";
import type { ModelStats } from "./model-stats.js";
import { getModel, listModels } from "./models-route.js";
import { unixTime } from "./wire.js";

/** @param stats what the model tells of itself, for `/health` */
export function apiRoutes(stats: (() => ModelStats) | undefined): readonly Route[] {
  const created = unixTime();
  return [
    { method: "POST", path: "/v1/chat/completions", summary: "Answer a conversation", handle: chatRoute },
    { method: "POST", path: "/v1/completions", summary: "Continue a text", handle: completionRoute },
    { method: "GET", path: "/v1/models", summary: "The model served", handle: (c, app) => listModels(c, app, created) },
    {
      method: "GET",
      path: "/v1/models/:id{.+}",
      summary: "One model",
      handle: (c, app) => getModel(c, app, created),
    },
    {
      method: "GET",
      path: "/health",
      summary: "Whether the model answers",
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
