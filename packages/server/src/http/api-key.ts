import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { ApiError } from "../api-error.js";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Requires `Authorization: Bearer <key>`. */
export function requireApiKey(key: string): MiddlewareHandler {
  const expected = digest(key);
  return async (c, next) => {
    const token = /^Bearer\s+(.+)$/i.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
    if (!timingSafeEqual(digest(token), expected)) {
      throw new ApiError(401, "The API key is missing or wrong; send Authorization: Bearer <key>", {
        type: "authentication_error",
        code: "invalid_api_key",
        headers: { "www-authenticate": "Bearer" },
      });
    }
    await next();
  };
}
