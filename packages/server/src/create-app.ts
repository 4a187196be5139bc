/** The routes, without a listening socket. */

import { setMaxListeners } from "node:events";
import type { ChatModel, CompletionModel, ThinkingMode } from "@cachalot/chat";
import { type Context, Hono } from "hono";
import { routePath } from "hono/route";
import { ApiError, toApiError } from "./api-error.js";
import type { AppContext, TextTokenizer } from "./app-context.js";
import { requireApiKey } from "./http/api-key.js";
import { API_PATHS, allowOrigins } from "./http/cors.js";
import { hostGuard } from "./http/host-guard.js";
import { addRoutes, type Route } from "./http/route.js";
import { createMetrics, type Metrics } from "./metrics.js";
import type { ModelStats } from "./model-stats.js";
import { openApiRoute } from "./openapi/document.js";
import { apiRoutes } from "./routes.js";
import { createId } from "./wire.js";

export interface AppOptions {
  chat: ChatModel;
  /** Serves `/v1/completions`; without it that route answers 404. */
  completion?: CompletionModel;
  /** Serves `/tokenize` and `/detokenize`. */
  tokenizer?: TextTokenizer;
  /** Other names under which clients may ask for the model: names a client cannot change. Default none. */
  aliases?: readonly string[];
  /** For chat requests that do not say. Default "thinking". */
  defaultThinkingMode?: ThinkingMode;
  /** Default `MAX_BODY_BYTES`. */
  maxBodyBytes?: number;
  /** A silent stream gets a comment this often. Default 10000. */
  keepAliveMs?: number;
  /** When set, `/v1/*` requires it as a bearer token. */
  apiKey?: string;
  /** When set, only these host names and loopback ones are answered. Default: any. */
  allowedHosts?: readonly string[];
  /** What the model tells of itself, for `/metrics` and `/health`; a full queue refuses requests before they are read. */
  stats?: () => ModelStats;
  /** Generations end when it aborts, and new ones are refused. */
  shutdown?: AbortSignal;
  /** Beside those of the API, behind the same guards: the pages of a studio, say. They answer for their own access. */
  routes?: readonly Route[];
  /**
   * Web pages of these origins (`https://example.org`, exactly) may use the API from a browser. Default: none.
   */
  corsOrigins?: readonly string[];
  /** Told every error that the client sees as 5xx. Default: standard error. */
  onError?: (error: unknown) => void;
}

/** 16 MiB. */
export const MAX_BODY_BYTES = 16 * 2 ** 20;

function logError(error: unknown): void {
  process.stderr.write(`cachalot: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

function errorResponse(c: Context, error: unknown): Response {
  const apiError = toApiError(error);
  for (const [name, value] of Object.entries(apiError.headers)) c.header(name, value);
  return c.newResponse(JSON.stringify(apiError), apiError.status as 400, { "content-type": "application/json" });
}

/**
 * An OpenAI-compatible API over a chat model, as a Hono app: `app.fetch` and `app.request` work without a socket.
 */
export function createApp(options: AppOptions): Hono {
  return buildApp(options, createMetrics(options.stats));
}

/** `createApp`, on metrics that others count in as well. */
export function buildApp(options: AppOptions, metrics: Metrics): Hono {
  const onError = options.onError ?? logError;
  const context: AppContext = {
    chat: options.chat,
    completion: options.completion,
    tokenizer: options.tokenizer,
    aliases: options.aliases ?? [],
    defaultThinkingMode: options.defaultThinkingMode ?? "thinking",
    maxBodyBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
    keepAliveMs: options.keepAliveMs ?? 10_000,
    shutdown: options.shutdown ?? new AbortController().signal,
    metrics,
    onError: (error) => {
      if (toApiError(error).status >= 500) onError(error);
    },
  };
  // Every generation listens.
  setMaxListeners(0, context.shutdown);
  const app = new Hono();

  app.onError((error, c) => {
    context.onError(error);
    return errorResponse(c, error);
  });
  app.notFound((c) => {
    const message = `There is no ${c.req.method} ${c.req.path.slice(0, 100)}; this API has /v1/chat/completions, /v1/completions and /v1/models`;
    return errorResponse(c, new ApiError(404, message, { code: "not_found" }));
  });
  app.use(async (c, next) => {
    const started = performance.now();
    c.header("x-request-id", createId("req"));
    await next();
    const route = c.res.status === 404 && routePath(c, -1) === "*" ? "unknown" : routePath(c, -1);
    metrics.requests.inc({ method: c.req.method, route, status: c.res.status });
    metrics.duration.observe({ route }, (performance.now() - started) / 1000);
  });
  if (options.allowedHosts) app.use(hostGuard(options.allowedHosts));
  if (options.corsOrigins?.length) allowOrigins(app, options.corsOrigins);
  if (options.apiKey) {
    const guard = requireApiKey(options.apiKey);
    for (const path of API_PATHS) app.use(path, guard);
  }

  const routes = [...apiRoutes(options.stats), ...(options.routes ?? [])];
  addRoutes(app, [...routes, openApiRoute(routes)], context);
  return app;
}
