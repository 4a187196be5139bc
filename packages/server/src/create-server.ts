/** A listening server. */

import { createServer as createHttpServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { ApiError } from "./api-error.js";
import { type AppOptions, buildApp, MAX_BODY_BYTES } from "./create-app.js";
import { apiKeyCheck } from "./http/api-key.js";
import { hostCheck, isLoopback } from "./http/host-guard.js";
import { loadShedding } from "./http/load-shedding.js";
import { createMetrics } from "./metrics.js";

export interface ServerOptions extends Omit<AppOptions, "shutdown"> {
  /** Default "127.0.0.1": reachable from this machine only. */
  host?: string;
  /** Default 8000; 0 takes a free one. */
  port?: number;
  /** How long `close` lets running generations finish before it ends them. Default 5000. */
  graceMs?: number;
}

export interface RunningServer {
  /** `http://127.0.0.1:8000` */
  url: string;
  host: string;
  port: number;
  /** Stops listening, lets generations finish for a while, then ends them. Resolves when every connection is closed. */
  close(): Promise<void>;
}

/** How long clients have to read the end of their streams once generations were stopped. */
const LAST_WORDS_MS = 500;

/** Answers what is not HTTP at all in the API's error shape. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? [431, "Request Header Fields Too Large"]
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? [408, "Request Timeout"]
        : [400, "Bad Request"];
  const body = JSON.stringify(new ApiError(status, `Not a readable HTTP request: ${reason}`, { code: "bad_http" }));
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

function closeServer(server: Server, graceMs: number, stop: () => void): Promise<void> {
  return new Promise((resolve) => {
    const timers: NodeJS.Timeout[] = [];
    server.close(() => {
      for (const timer of timers) clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
    timers.push(
      setTimeout(stop, graceMs),
      setTimeout(() => server.closeAllConnections(), graceMs + LAST_WORDS_MS),
    );
  });
}

/** Whether a request would pass the guards of the app. */
function guards({ allowedHosts, apiKey }: AppOptions): (request: IncomingMessage) => boolean {
  const hasHost = allowedHosts ? hostCheck(allowedHosts) : undefined;
  const hasKey = apiKey ? apiKeyCheck(apiKey) : undefined;
  return ({ headers: { host = "", authorization } }) =>
    (!hasHost || hasHost(host)) && (!hasKey || hasKey(authorization));
}

function httpServer(options: AppOptions & { shutdown: AbortSignal }, hostname: string): Server {
  const { stats, shutdown, maxBodyBytes = MAX_BODY_BYTES } = options;
  const metrics = createMetrics(stats);
  const handle = getRequestListener(buildApp(options, metrics).fetch, { hostname });
  const server = createHttpServer();
  server.on("clientError", refuseMalformed);
  if (!stats) return server.on("request", handle);
  const passes = guards(options);
  const refused = loadShedding({
    stats,
    isAllowed: (request) => !shutdown.aborted && passes(request),
    maxBodyBytes,
    onRefused(route, status, seconds) {
      metrics.requests.inc({ method: "POST", route, status });
      metrics.duration.observe({ route }, seconds);
    },
  });
  return server
    .on("request", (request, response) => {
      if (!refused(request, response)) void handle(request, response);
    })
    .on("checkContinue", (request, response) => {
      if (refused(request, response)) return;
      response.writeContinue();
      void handle(request, response);
    });
}

/**
 * Serves a chat model over HTTP with OpenAI's API. On a loopback address, requests for other host names are refused
 * unless `allowedHosts` names them.
 *
 * @throws the system's error when the address is not available, such as EADDRINUSE.
 */
export async function createServer(options: ServerOptions): Promise<RunningServer> {
  const { host = "127.0.0.1", port = 8000, graceMs = 5000, ...appOptions } = options;
  const shutdown = new AbortController();
  const allowedHosts = options.allowedHosts ?? (isLoopback(host) ? [] : undefined);
  const server = httpServer(
    { ...appOptions, ...(allowedHosts ? { allowedHosts } : {}), shutdown: shutdown.signal },
    host,
  );
  const address = await listen(server, host, port);
  let closing: Promise<void> | undefined;
  return {
    url: `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`,
    host: address.address,
    port: address.port,
    close() {
      closing ??= closeServer(server, graceMs, () => shutdown.abort());
      return closing;
    },
  };
}
