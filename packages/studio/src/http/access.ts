/**
 * Protection against cross-site request forgery: pages that start agents with a shell must not be driven by someone else's page. A request is
 * ours when its Origin is the address it was sent to, the browser calls it same-origin, and, where it changes something, it
 * carries a header that no form can send. Where others reach the server, a one-time token opens a session.
 */

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { ApiError, type Route } from "@cachalot/server";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";

/** Sent by our pages with every request that changes something. */
const MARKER = "x-cachalot-studio";
const COOKIE = "cachalot-studio";

export interface Access {
  /** @throws ApiError 401 or 403 for what our pages did not send */
  require(c: Context): void;
  /** Whether a visit may see the pages; opens a session for the one that brings the token. */
  admit(c: Context): boolean;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** @param token none lets everyone in who reaches the server */
export function createAccess(token: string | undefined): Access {
  let unused = token;
  const sessions = new Set<string>();
  const hasSession = (c: Context) => token === undefined || sessions.has(getCookie(c, COOKIE) ?? "");
  return {
    require(c) {
      requireOurs(c);
      if (!hasSession(c))
        throw new ApiError(401, "This browser has no session; open the address that cachalot serve printed", {
          type: "authentication_error",
          code: "no_session",
        });
    },
    admit(c) {
      if (hasSession(c)) return true;
      const offered = c.req.query("token");
      if (unused === undefined || offered === undefined || !timingSafeEqual(digest(offered), digest(unused)))
        return false;
      unused = undefined;
      const session = randomBytes(24).toString("base64url");
      sessions.add(session);
      setCookie(c, COOKIE, session, { httpOnly: true, sameSite: "Strict", path: "/studio" });
      return true;
    },
  };
}

function requireOurs(c: Context): void {
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  const foreign =
    (origin !== undefined && origin.replace(/^https?:\/\//, "") !== c.req.header("host")) ||
    (site !== undefined && site !== "same-origin" && site !== "none");
  if (foreign)
    throw new ApiError(403, "This request comes from another site; use the pages of this server", {
      code: "foreign_origin",
    });
  if (c.req.method !== "GET" && c.req.header(MARKER) === undefined)
    throw new ApiError(403, `A request that changes something needs the header ${MARKER}: 1`, {
      code: "marker_missing",
    });
}

/** The route, for our own pages only. */
export function guarded(access: Access, route: Route): Route {
  return {
    ...route,
    handle(c, app) {
      access.require(c);
      return route.handle(c, app);
    },
  };
}
