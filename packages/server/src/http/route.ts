/** A route: one method of one path, with the schemas that describe it in `/openapi.json`. */

import type { Context, Hono } from "hono";
import type * as z from "zod";
import { ApiError } from "../api-error.js";
import type { AppContext } from "../app-context.js";

type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface Route {
  method: Method;
  /** In Hono's notation: `/v1/models/:id{.+}`. */
  path: string;
  /** One line on what it does; a route without one is not described. */
  summary?: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Of the JSON it answers with. */
  response?: z.ZodType;
  /** Of the data of each server-sent event, where it streams. */
  events?: z.ZodType;
  handle(c: Context, app: AppContext): Response | Promise<Response>;
}

/** Adds routes to an app; a known path asked with another method answers 405 with those it has. */
export function addRoutes(app: Hono, routes: readonly Route[], context: AppContext): void {
  for (const { method, path, handle } of routes) app.on(method, path, (c) => handle(c, context));
  for (const [path, methods] of methodsByPath(routes)) app.all(path, (c) => refuseMethod(c, methods));
}

function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, readonly Method[]> {
  const found = new Map<string, Method[]>();
  for (const { method, path } of routes) found.set(path, [...(found.get(path) ?? []), method]);
  return found;
}

function refuseMethod(c: Context, methods: readonly Method[]): never {
  throw new ApiError(405, `${c.req.path.slice(0, 100)} answers ${methods.join(", ")} only`, {
    code: "method_not_allowed",
    headers: { allow: methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ") },
  });
}
