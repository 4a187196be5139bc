/** The OpenAPI document of an app, made from the schemas its routes are checked with. */

import * as z from "zod";
import type { Route } from "../http/route.js";
import { errorSchema } from "./schemas.js";

type Json = Record<string, unknown>;

/** A schema as JSON Schema 2020-12, which OpenAPI 3.1 takes as it is; what only code can check is said to be anything. */
function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { unrepresentable: "any", io });
  return rest;
}

const content = (schema: z.ZodType, io: "input" | "output", type = "application/json") => ({
  content: { [type]: { schema: jsonSchema(schema, io) } },
});

/** `/v1/models/:id{.+}` is `/v1/models/{id}` there. */
function templateOf(path: string): string {
  return path.replace(/:(\w+)(?:\{[^}]*\})?\??/g, "{$1}");
}

function parametersOf({ path, query }: Route): Json[] {
  const named = Array.from(path.matchAll(/:(\w+)/g), ([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  if (!query) return named;
  const { properties = {}, required = [] } = jsonSchema(query, "input") as { properties?: Json; required?: string[] };
  const asked = Object.entries(properties).map(([name, schema]) => {
    return { name, in: "query", required: required.includes(name), schema };
  });
  return [...named, ...asked];
}

function operation(route: Route): Json {
  const { summary, body, response, events } = route;
  const parameters = parametersOf(route);
  return {
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, ...content(body, "input") } } : {}),
    responses: {
      200: {
        description: "The answer",
        content: {
          ...(response ? content(response, "output").content : {}),
          ...(events ? content(events, "output", "text/event-stream").content : {}),
        },
      },
      default: { description: "An error that names what was wrong", ...content(errorSchema, "output") },
    },
  };
}

/** @param title of the service */
function openApiDocument(routes: readonly Route[], title: string, version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    if (route.summary === undefined) continue;
    const path = templateOf(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return { openapi: "3.1.0", info: { title, version }, paths };
}

/** `GET /openapi.json`: all of `routes` that have a summary. */
export function openApiRoute(routes: readonly Route[]): Route {
  let document: Json | undefined;
  return {
    method: "GET",
    path: "/openapi.json",
    handle(c) {
      document ??= openApiDocument(routes, "cachalot", "1");
      return c.json(document);
    },
  };
}
