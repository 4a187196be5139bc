/**
 * Load shedding: while the queue is full, generations are refused when their headers are in. Reading, parsing and checking a
 * request costs many times what it costs to refuse it, and under overload that is what the thread spends its time on.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "../api-error.js";
import type { ModelStats } from "../model-stats.js";
import { createId } from "../wire.js";

const GENERATIONS: ReadonlySet<string> = new Set(["/v1/chat/completions", "/v1/completions"]);

export interface LoadSheddingOptions {
  stats: () => ModelStats;
  /** Whether a request may know the queue's state: one that lacks the API key gets the answer it always gets. */
  isAllowed(request: IncomingMessage): boolean;
  /** Bytes of a body that are read, and dropped, to keep the connection. */
  maxBodyBytes: number;
  /** Told of every refusal, with its duration in seconds. */
  onRefused(route: string, status: number, seconds: number): void;
}

/** Why no generation can be taken now, if that is so. */
function refusalOf({ active, queued, limit, available = true, retryAfterMs = 1000 }: ModelStats): ApiError | undefined {
  const headers = { "retry-after": String(Math.ceil(retryAfterMs / 1000)) };
  if (!available)
    return new ApiError(503, "The model is being started; send the request again later", {
      type: "server_error",
      code: "unavailable",
      headers,
    });
  if (limit === undefined || active + queued < limit) return undefined;
  const message = `${active} generations run and ${queued} wait already; send the request again later`;
  return new ApiError(429, message, { type: "rate_limit_error", code: "overloaded", headers });
}

/** Reads the body to nowhere, so that the connection can carry the next request. One longer than `limit` loses it. */
function drain(request: IncomingMessage, limit: number): void {
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) request.destroy();
  });
}

/** Answers a request itself where it must be refused, and tells whether it did. */
export type RefuseRequest = (request: IncomingMessage, response: ServerResponse) => boolean;

export function loadShedding({ stats, isAllowed, maxBodyBytes, onRefused }: LoadSheddingOptions): RefuseRequest {
  return (request, response) => {
    if (request.method !== "POST") return false;
    const route = request.url?.split("?", 1)[0] ?? "";
    if (!GENERATIONS.has(route)) return false;
    const refusal = refusalOf(stats());
    if (!refusal || !isAllowed(request)) return false;
    const started = performance.now();
    const body = Buffer.from(JSON.stringify(refusal));
    const isTooLarge = Number(request.headers["content-length"] ?? 0) > maxBodyBytes;
    if (!isTooLarge) drain(request, maxBodyBytes);
    response
      .writeHead(refusal.status, {
        ...refusal.headers,
        "content-type": "application/json",
        "content-length": body.length,
        "x-request-id": createId("req"),
        ...(isTooLarge ? { connection: "close" } : {}),
      })
      .end(body);
    onRefused(route, refusal.status, (performance.now() - started) / 1000);
    return true;
  };
}
