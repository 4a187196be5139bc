/** `GET /v1/models` and `GET /v1/models/{id}` */

import type { Context } from "hono";
import { ApiError } from "./api-error.js";
import type { AppContext } from "./app-context.js";

interface ServedModel {
  id: string;
  object: "model";
  created: number;
  owned_by: "cachalot";
  /** In tokens, prompt and completion together. vLLM's name for it. */
  max_model_len: number;
}

function servedModels({ chat, completion }: AppContext, created: number): ServedModel[] {
  const models = completion && completion.id !== chat.id ? [chat, completion] : [chat];
  return models.map(({ id, contextLength }) => ({
    id,
    object: "model",
    created,
    owned_by: "cachalot",
    max_model_len: contextLength,
  }));
}

export function listModels(c: Context, app: AppContext, created: number): Response {
  return c.json({ object: "list", data: servedModels(app, created) });
}

export function getModel(c: Context, app: AppContext, created: number): Response {
  const id = c.req.param("id") ?? "";
  const models = servedModels(app, created);
  const model = models.find((candidate) => candidate.id === id);
  if (model) return c.json(model);
  const names = models.map((candidate) => JSON.stringify(candidate.id)).join(" or ");
  throw new ApiError(404, `There is no model ${JSON.stringify(id.slice(0, 100))} here; use ${names}`, {
    code: "model_not_found",
    param: "model",
  });
}
