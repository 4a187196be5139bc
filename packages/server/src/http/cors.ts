/** CORS: which web pages of other origins may use the API. Exact origins, none by default; the studio's routes never. */

import type { Hono } from "hono";
import { cors } from "hono/cors";

/** The API: what an API key protects, and what CORS opens. */
export const API_PATHS = ["/v1/*", "/tokenize", "/detokenize"] as const;

/** @param origins such as `https://example.org`, without a path */
export function allowOrigins(app: Hono, origins: readonly string[]): void {
  const allow = cors({
    origin: [...origins],
    allowMethods: ["GET", "POST"],
    allowHeaders: ["authorization", "content-type"],
    exposeHeaders: ["x-request-id", "x-cachalot-repairs", "retry-after"],
    maxAge: 600,
  });
  for (const path of API_PATHS) app.use(path, allow);
}
