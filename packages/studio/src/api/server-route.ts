/** What the pages must know of the server before they show anything. */

import type { Route } from "@cachalot/server";
import { serverFactsSchema } from "../wire/server-facts.js";

export function serverRoute(): Route {
  return {
    method: "GET",
    path: "/studio/api/server",
    summary: "The model served, and what the pages can do with it",
    response: serverFactsSchema,
    handle: (c, { chat, defaultThinkingMode }) =>
      c.json({ model: { id: chat.id, contextLength: chat.contextLength }, defaultThinkingMode }),
  };
}
