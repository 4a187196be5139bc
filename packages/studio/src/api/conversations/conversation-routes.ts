/** `/studio/api/conversations`: kept on the server, so that every browser shows the same. */

import { join } from "node:path";
import { ApiError, type Route, readJsonObject, validate } from "@cachalot/server";
import type { Context } from "hono";
import * as z from "zod";
import { conversationSchema, summariesSchema } from "../../wire/conversation.js";
import { ConversationStore, type Precondition } from "./conversation-store.js";

const PATH = "/studio/api/conversations";

/** `If-Match` names a version, `If-None-Match: *` says there is none. */
function precondition(c: Context): Precondition {
  if (c.req.header("if-none-match") === "*") return { isNew: true };
  const match = c.req.header("if-match");
  return match === undefined || match === "*" ? undefined : { match };
}

const idOf = (c: Context): string => c.req.param("id") ?? "";

async function putConversation(c: Context, store: ConversationStore, maxBodyBytes: number): Promise<Response> {
  const body = await readJsonObject(c.req.raw, maxBodyBytes);
  const { id } = validate(conversationSchema, body);
  if (id !== idOf(c))
    throw new ApiError(400, `id: the address names ${idOf(c)}; send the same`, { code: "invalid_id" });
  const etag = await store.write(id, JSON.stringify(body), precondition(c));
  return c.json({ etag }, 200, { etag });
}

/** @param directory of everything the studio keeps */
export function conversationRoutes(directory: string): readonly Route[] {
  const store = new ConversationStore(join(directory, "conversations"));
  return [
    {
      method: "GET",
      path: PATH,
      summary: "Conversations, the newest first",
      query: z.object({ search: z.string().optional().describe("only those that hold this text") }),
      response: summariesSchema,
      handle: async (c) => c.json({ conversations: await store.list(c.req.query("search")?.trim()) }),
    },
    {
      method: "GET",
      path: `${PATH}/:id`,
      summary: "A conversation; its ETag is the version to name in If-Match",
      response: conversationSchema,
      async handle(c) {
        const { text, etag } = await store.read(idOf(c));
        if (c.req.header("if-none-match") === etag) return c.body(null, 304, { etag });
        return c.body(text, 200, { "content-type": "application/json", "cache-control": "no-cache", etag });
      },
    },
    {
      method: "PUT",
      path: `${PATH}/:id`,
      summary: "Keep a conversation; 412 where If-Match or If-None-Match: * does not hold",
      body: conversationSchema,
      response: z.object({ etag: z.string() }),
      handle: (c, { maxBodyBytes }) => putConversation(c, store, maxBodyBytes),
    },
    {
      method: "DELETE",
      path: `${PATH}/:id`,
      summary: "Delete a conversation",
      async handle(c) {
        await store.delete(idOf(c), precondition(c));
        return c.body(null, 204);
      },
    },
  ];
}
