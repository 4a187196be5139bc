/** `POST /v1/completions` */

import type { CompletionEvent, CompletionModel, Usage } from "@cachalot/chat";
import type { Context } from "hono";
import { ApiError, toApiError } from "../api-error.js";
import { type AppContext, requireModel } from "../app-context.js";
import { firstSign, type GenerationScope, observe, openScope, type StartedStream, start } from "../generation.js";
import { readJsonObject } from "../http/read-json.js";
import { type SendEvent, sseResponse } from "../http/sse.js";
import { wireTextLogprobs, wireUsage } from "../wire.js";
import { type CompletionCall, parseCompletionRequest } from "./completion-request.js";
import { collectText, completionEnvelope, textChunk, textCompletion, usageOfPrompts } from "./completion-response.js";

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
  const scope = openScope(c.req.raw.signal, app.shutdown, app.metrics);
  let streaming = false;
  try {
    const streams = call.requests.map((request) =>
      start(observe(model.complete({ ...request, signal: scope.signal }), scope, app.metrics)),
    );
    if (!call.stream) return c.json(await answer(model, call, streams));
    await firstSign(streams, app.keepAliveMs);
    streaming = true;
    return sseResponse((send) => stream(app, model, call, streams, scope, send), {
      keepAliveMs: app.keepAliveMs,
      onDisconnect: scope.clientGone,
    });
  } catch (error) {
    scope.abort(error);
    throw error;
  } finally {
    if (!streaming) scope.close();
  }
}

async function answer(
  model: CompletionModel,
  call: CompletionCall,
  streams: readonly StartedStream<CompletionEvent>[],
) {
  const choices = await Promise.all(streams.map(collectText));
  const logprobs = call.requests[0]?.topLogprobs !== undefined;
  return textCompletion(completionEnvelope(model.id), choices, { n: call.n, echoes: echoesOf(call), logprobs });
}

async function stream(
  app: AppContext,
  model: CompletionModel,
  call: CompletionCall,
  streams: readonly StartedStream<CompletionEvent>[],
  scope: GenerationScope,
  send: SendEvent,
): Promise<void> {
  const envelope = completionEnvelope(model.id);
  const echoes = echoesOf(call);
  const usages: Usage[] = [];
  const sendChoice = async (events: AsyncIterable<CompletionEvent>, index: number): Promise<void> => {
    const echo = echoes[index];
    if (echo) await send(textChunk(envelope, index, { text: echo }));
    let offset = 0;
    for await (const event of events) {
      if (event.type === "usage") usages[index] = event.usage;
      else if (event.type === "text") await send(textChunk(envelope, index, { text: event.delta }));
      else if (event.type === "finish") await send(textChunk(envelope, index, { reason: event.reason }));
      else if (event.type === "logprobs") {
        await send(textChunk(envelope, index, { logprobs: wireTextLogprobs(event.tokens, offset) }));
        offset += event.tokens.reduce((sum, { token }) => sum + token.length, 0);
      }
    }
  };
  try {
    await Promise.all(streams.map(sendChoice));
    if (call.includeUsage) await send({ ...envelope, choices: [], usage: wireUsage(usageOfPrompts(usages, call.n)) });
    await send("[DONE]");
  } catch (error) {
    scope.abort(error);
    app.onError(error);
    await send(toApiError(error));
  } finally {
    scope.close();
  }
}
