import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { ApiError } from "../api-error.js";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Whether an `Authorization` header carries the key, compared in constant time. */
export function apiKeyCheck(key: string): (authorization: string | undefined) => boolean {
  const expected = digest(key);
  return (authorization = "") => {
    const token = /^Bearer\s+(.+)$/i.exec(authorization)?.[1] ?? "";
    return timingSafeEqual(digest(token), expected);
  };
}

/** Requires `Authorization: Bearer <key>`. */
export function requireApiKey(key: string): MiddlewareHandler {
  const isRight = apiKeyCheck(key);
  return async (c, next) => {
    if (!isRight(c.req.header("authorization"))) {
      throw new ApiError(401, "The API key is missing or wrong; send Authorization: Bearer <key>", {
        type: "authentication_error",
        code: "invalid_api_key",
        headers: { "www-authenticate": "Bearer" },
      });
    }
    await next();
  };
}
