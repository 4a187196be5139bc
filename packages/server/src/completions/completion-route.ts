/** `POST /v1/completions` */

import type { CompletionModel } from "@cachalot/chat";
import type { Context } from "hono";
import { ApiError } from "../api-error.js";
import { type AppContext, requireModel } from "../app-context.js";
import { readJsonObject } from "../http/read-json.js";
import { respond } from "../respond.js";
import { wireTextLogprobs, wireUsage } from "../wire.js";
import { type CompletionCall, parseCompletionRequest } from "./completion-request.js";
import {
  collectText,
  completionEnvelope,
  idsOf,
  textChunk,
  textCompletion,
  usageOfPrompts,
} from "./completion-response.js";

function requireCompletion({ completion, chat }: AppContext): CompletionModel {
  if (completion) return completion;
  throw new ApiError(404, `Model ${JSON.stringify(chat.id)} offers chat only; use /v1/chat/completions`, {
    code: "completions_not_supported",
  });
}

/** The prompt texts to put before the choices, none without `echo`. */
function echoesOf(call: CompletionCall): string[] {
  if (!call.echo) return [];
  return call.requests.map(({ prompt }) => (typeof prompt === "string" ? prompt : ""));
}

export async function completionRoute(c: Context, app: AppContext): Promise<Response> {
  const model = requireCompletion(app);
  const call = parseCompletionRequest(await readJsonObject(c.req.raw, app.maxBodyBytes));
  requireModel(model.id, call.model, app.aliases);
  const envelope = completionEnvelope(model.id);
  const echoes = echoesOf(call);
  const { n, logprobs, tokenIds } = call;
  return respond(c, app, {
    choices: call.requests.map((request) => (signal) => model.complete({ ...request, signal })),
    repairs: [],
    stream: call.stream,
    async answer(choices) {
      return textCompletion(envelope, await Promise.all(choices.map(collectText)), { n, echoes, logprobs, tokenIds });
    },
    async sendChoice(events, index, send) {
      const echo = echoes[index];
      if (echo) await send(textChunk(envelope, index, { text: echo }));
      let offset = 0;
      for await (const event of events) {
        if (event.type === "text") await send(textChunk(envelope, index, { text: event.delta }));
        else if (event.type === "finish") await send(textChunk(envelope, index, { reason: event.reason }));
        else if (event.type === "logprobs") {
          await send(
            textChunk(envelope, index, {
              ...(logprobs ? { logprobs: wireTextLogprobs(event.tokens, offset) } : {}),
              ...(tokenIds ? { tokenIds: idsOf(event.tokens) } : {}),
            }),
          );
          offset += event.tokens.reduce((sum, { token }) => sum + token.length, 0);
        }
      }
    },
    usageChunk(usages) {
      if (!call.includeUsage) return undefined;
      return { ...envelope, choices: [], usage: wireUsage(usageOfPrompts(usages, call.n)) };
    },
  });
}
