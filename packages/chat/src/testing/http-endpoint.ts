/** An endpoint on 127.0.0.1 that answers as a test says. */

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

export interface EndpointRequest {
  path: string;
  body: Record<string, unknown>;
  headers: IncomingHttpHeaders;
}

/** Answers request number `index`. */
export type Answer = (response: ServerResponse, request: EndpointRequest, index: number) => void;

export interface HttpEndpoint {
  baseUrl: string;
  requests: EndpointRequest[];
  /** Connections whose answer was cut off by the client. */
  readonly hungUp: number;
  /** Connections that were opened. */
  readonly connections: number;
  close(): Promise<void>;
}

export async function createHttpEndpoint(answer: Answer): Promise<HttpEndpoint> {
  const requests: EndpointRequest[] = [];
  let hungUp = 0;
  let connections = 0;
  const server = createServer(async (incoming, response) => {
    response.on("close", () => {
      if (!response.writableEnded) hungUp++;
    });
    const body = incoming.method === "POST" ? ((await json(incoming)) as Record<string, unknown>) : {};
    const request = { path: incoming.url ?? "", body, headers: incoming.headers };
    answer(response, request, requests.push(request) - 1);
  });
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    get hungUp() {
      return hungUp;
    },
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Opens an event stream. */
export function openEvents(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
}

export function sendEvent(response: ServerResponse, data: unknown): void {
  response.write(`data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`);
}

/** A whole stream of chunks, `[DONE]` at its end. */
export function sendAll(response: ServerResponse, chunks: readonly unknown[]): void {
  openEvents(response);
  for (const chunk of [...chunks, "[DONE]"]) sendEvent(response, chunk);
  response.end();
}

/** One chunk of a text completion. */
export const textChunk = (text: string, finish_reason: string | null = null): object => ({
  choices: [{ index: 0, text, finish_reason }],
});

/** One chunk of a chat completion. */
export const deltaChunk = (delta: object, finish_reason: string | null = null): object => ({
  choices: [{ index: 0, delta, finish_reason }],
});
