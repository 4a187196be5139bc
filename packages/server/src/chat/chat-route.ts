/** `POST /v1/chat/completions` */

import { type ChatEvent, collectMessage, type Usage } from "@cachalot/chat";
import type { Context } from "hono";
import { toApiError } from "../api-error.js";
import { type AppContext, requireModel } from "../app-context.js";
import { firstSign, type GenerationScope, observe, openScope, type StartedStream, start } from "../generation.js";
import { readJsonObject } from "../http/read-json.js";
import { type SendEvent, sseResponse } from "../http/sse.js";
import { RepairTally } from "../repair-tally.js";
import { totalUsage, wireUsage } from "../wire.js";
import { type ChatCall, parseChatRequest } from "./chat-request.js";
import { chatChunk, chatCompletion, chatEnvelope, eventChunk } from "./chat-response.js";

export async function chatRoute(c: Context, app: AppContext): Promise<Response> {
  const call = parseChatRequest(await readJsonObject(c.req.raw, app.maxBodyBytes), app.defaultThinkingMode);
  requireModel(app.chat.id, call.model, app.aliases);
  const scope = openScope(c.req.raw.signal, app.shutdown, app.metrics);
  const tally = new RepairTally();
  for (const repair of call.repairs) {
    app.metrics.repairs.inc({ kind: repair.kind ?? "format" });
    tally.add(repair);
  }
  let streaming = false;
  try {
    const streams = call.requests.map((request) =>
      start(observe(app.chat.generate({ ...request, signal: scope.signal }), scope, app.metrics, tally)),
    );
    if (!call.stream) {
      const body = await answer(app, call, streams);
      return c.json(body, 200, tally.headers());
    }
    await firstSign(streams, app.keepAliveMs);
    streaming = true;
    return sseResponse((send) => stream(app, call, streams, scope, send), {
      keepAliveMs: app.keepAliveMs,
      onDisconnect: scope.clientGone,
      headers: tally.headers(),
    });
  } catch (error) {
    scope.abort(error);
    throw error;
  } finally {
    if (!streaming) scope.close();
  }
}

async function answer(app: AppContext, call: ChatCall, streams: readonly StartedStream<ChatEvent>[]) {
  const choices = await Promise.all(streams.map(collectMessage));
  const logprobs = call.requests[0]?.topLogprobs !== undefined;
  return chatCompletion(chatEnvelope(app.chat.id), choices, logprobs);
}

async function stream(
  app: AppContext,
  call: ChatCall,
  streams: readonly StartedStream<ChatEvent>[],
  scope: GenerationScope,
  send: SendEvent,
): Promise<void> {
  const envelope = chatEnvelope(app.chat.id);
  const usages: Usage[] = [];
  const sendChoice = async (events: AsyncIterable<ChatEvent>, index: number): Promise<void> => {
    await send(chatChunk(envelope, index, { delta: { role: "assistant", content: "" } }));
    for await (const event of events) {
      if (event.type === "usage") usages[index] = event.usage;
      const chunk = eventChunk(envelope, index, event);
      if (chunk) await send(chunk);
    }
  };
  try {
    await Promise.all(streams.map(sendChoice));
    if (call.includeUsage) {
      await send({ ...envelope, object: "chat.completion.chunk", choices: [], usage: wireUsage(totalUsage(usages)) });
    }
    await send("[DONE]");
  } catch (error) {
    scope.abort(error);
    app.onError(error);
    await send(toApiError(error));
  } finally {
    scope.close();
  }
}
