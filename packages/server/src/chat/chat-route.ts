/** `POST /v1/chat/completions` */

import { collectMessage } from "@cachalot/chat";
import type { Context } from "hono";
import { type AppContext, requireModel } from "../app-context.js";
import { readJsonObject } from "../http/read-json.js";
import { respond } from "../respond.js";
import { totalUsage, wireUsage } from "../wire.js";
import { parseChatRequest } from "./chat-request.js";
import { chatChunk, chatCompletion, chatEnvelope, eventChunk } from "./chat-response.js";

export async function chatRoute(c: Context, app: AppContext): Promise<Response> {
  const call = parseChatRequest(await readJsonObject(c.req.raw, app.maxBodyBytes), app.defaultThinkingMode);
  requireModel(app.chat.id, call.model, app.aliases);
  const envelope = chatEnvelope(app.chat.id);
  const logprobs = call.requests[0]?.topLogprobs !== undefined;
  return respond(c, app, {
    choices: call.requests.map((request) => (signal) => app.chat.generate({ ...request, signal })),
    repairs: call.repairs,
    stream: call.stream,
    async answer(choices) {
      return chatCompletion(envelope, await Promise.all(choices.map(collectMessage)), logprobs);
    },
    async sendChoice(events, index, send) {
      await send(chatChunk(envelope, index, { delta: { role: "assistant", content: "" } }));
      for await (const event of events) {
        const chunk = eventChunk(envelope, index, event);
        if (chunk) await send(chunk);
      }
    },
    usageChunk(usages) {
      if (!call.includeUsage) return undefined;
      return { ...envelope, object: "chat.completion.chunk", choices: [], usage: wireUsage(totalUsage(usages)) };
    },
  });
}
