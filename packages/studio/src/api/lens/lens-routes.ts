/** The lens: what the lightning indexer selected for every generated token of a prompt, or of a conversation's answer. */

import { randomUUID } from "node:crypto";
import { chatPrompt } from "@cachalot/chat";
import { ApiError, type AppContext, badRequest, parseChatRequest, type Route, readBody } from "@cachalot/server";
import * as z from "zod";
import { replay } from "../../http/event-log.js";
import {
  type LensRequest,
  lensDetailSchema,
  lensEventSchema,
  lensIdSchema,
  lensListSchema,
  lensRequestSchema,
} from "../../wire/lens.js";
import { Lens, type LensEngine } from "./lens.js";

/** Generations that are kept to look at; the oldest goes. */
const KEPT = 20;

/** @param engine undefined where the model runs elsewhere: nothing but its text is known then */
export function lensRoutes(engine: LensEngine | undefined): readonly Route[] {
  const lenses = new Map<string, Lens>();
  const find = (id: string | undefined): Lens => {
    const lens = lenses.get(id ?? "");
    if (!lens)
      throw new ApiError(
        404,
        `The server keeps the last ${KEPT} generations, and this one is not among them; run it again`,
        { code: "not_found" },
      );
    return lens;
  };
  return [
    {
      method: "GET",
      path: "/studio/api/lens",
      summary: "Generations that can be looked at, newest first",
      response: lensListSchema,
      handle: (c) => c.json({ available: engine !== undefined, lenses: [...lenses.values()].reverse().map(inList) }),
    },
    {
      method: "POST",
      path: "/studio/api/lens",
      summary: "Generate, and watch what every layer selects",
      body: lensRequestSchema,
      response: lensIdSchema,
      async handle(c, app) {
        if (!engine)
          throw new ApiError(409, "The model runs elsewhere, and its host tells its text only; serve a checkpoint", {
            code: "no_engine",
          });
        const request = await readBody(c, app, lensRequestSchema);
        const prompt = promptOf(request, app);
        const id = randomUUID();
        lenses.set(id, new Lens(id, titleOf(prompt), engine, prompt, request));
        const [oldest] = lenses.values();
        if (lenses.size > KEPT) drop(oldest!);
        return c.json({ id });
      },
    },
    {
      method: "DELETE",
      path: "/studio/api/lens/:id",
      summary: "Stop a generation; what it has told stays",
      handle(c) {
        find(c.req.param("id")).stop();
        return c.json({});
      },
    },
    {
      method: "GET",
      path: "/studio/api/lens/:id/events",
      summary: "The prompt's tokens, then every generated one as it comes",
      events: lensEventSchema,
      handle: (c, { keepAliveMs }) => replay(c, find(c.req.param("id")).log, keepAliveMs),
    },
    {
      method: "GET",
      path: "/studio/api/lens/:id/tokens/:index",
      summary: "One token in one layer: index scores and attention mass of every position",
      query: z.object({ layer: z.coerce.number() }),
      response: lensDetailSchema,
      async handle(c) {
        const { id, index } = c.req.param() as { id: string; index: string };
        return c.json(await find(id).detail(Number(index), Number(c.req.query("layer") ?? 0)));
      },
    },
  ];

  function drop(lens: Lens): void {
    lens.stop();
    lenses.delete(lens.id);
  }
}

function inList({ id, title, promptTokens, generatedTokens, running }: Lens) {
  return { id, title, promptTokens, generatedTokens, running };
}

function promptOf({ prompt, conversation }: LensRequest, app: AppContext): string {
  if (prompt !== undefined) return prompt;
  if (conversation === undefined) throw badRequest("prompt or conversation is required", "prompt", "missing_parameter");
  return chatPrompt(parseChatRequest(conversation, app.defaultThinkingMode).requests[0]!);
}

/** The end of the prompt says most of what is asked. */
function titleOf(prompt: string): string {
  const text = prompt
    .replace(/<｜[^｜]*｜>|<\/?think>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return text.length > 80 ? `…${text.slice(-80)}` : text;
}
