/** One POST whose answer is a stream of JSON chunks, with its timeouts. */

import { createParser } from "eventsource-parser";
import { ChatError } from "../errors.js";
import { brokenConnection, statusError, streamError } from "./upstream-error.js";

export interface Timeouts {
  /** Until the endpoint answers at all, in milliseconds. Default 300000: some prefill before they answer. */
  connectMs?: number;
  /** From there to the first byte of the stream. Default 300000. */
  firstByteMs?: number;
  /** Longest silence after it; keep-alive comments are no silence. Default 120000. */
  idleMs?: number;
}

export interface Endpoint {
  /** With its version: `http://127.0.0.1:8000/v1`. */
  baseUrl: string;
  apiKey?: string;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>;
  timeouts?: Timeouts;
}

type Chunk = Record<string, unknown>;

/** How long to wait for the end of a body whose `[DONE]` has come: only then can the connection be used again. */
const DRAIN_MS = 100;

const MAX_ERROR_BODY = 64 * 1024;

/** Aborts when the caller does, and when a phase takes too long. */
class Deadline {
  readonly controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #expired: string | undefined;
  readonly #onAbort = (): void => this.controller.abort();

  constructor(readonly caller: AbortSignal | undefined) {
    caller?.addEventListener("abort", this.#onAbort, { once: true });
    if (caller?.aborted) this.#onAbort();
  }

  /** The wait is over; the caller may take its time. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Starts to wait for something, ending the wait before. */
  phase(ms: number, expired: string): void {
    this.pause();
    this.#timer = setTimeout(() => {
      this.#expired = expired;
      this.controller.abort();
    }, ms);
  }

  /** The error a failure means: a timeout, or what the connection said. */
  explain(where: string, error: unknown): unknown {
    if (error instanceof ChatError) return error;
    if (this.#expired !== undefined) return brokenConnection(`${where} ${this.#expired}; send the request again`);
    return brokenConnection(`The connection to ${where} failed: ${reason(error)}; is the endpoint up?`);
  }

  end(): void {
    this.pause();
    this.caller?.removeEventListener("abort", this.#onAbort);
    this.controller.abort();
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

async function errorText(response: Response): Promise<string> {
  const text = await response.text().catch(() => "");
  return text.slice(0, MAX_ERROR_BODY);
}

function parseChunk(where: string, data: string): Chunk {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw brokenConnection(`${where} sent a chunk that is not JSON: ${data.slice(0, 100)}; send the request again`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw brokenConnection(`${where} sent a chunk that is not an object: ${data.slice(0, 100)}`);
  }
  const chunk = value as Chunk;
  if (chunk.error !== undefined && chunk.error !== null) throw streamError(where, chunk.error);
  return chunk;
}

const seconds = (ms: number): string => `${ms / 1000} s`;

/**
 * Posts `body` and yields the answer's chunks: server-sent events until `[DONE]` or the end, or the one object of an
 * endpoint that does not stream. Leaving the loop, or aborting, closes the connection.
 *
 * @returns whether `[DONE]` was seen
 * @throws ChatError for statuses, broken connections, error events and timeouts; `upstream.retryable` tells which may
 * pass. Nothing is thrown for an abort: the stream ends.
 */
export async function* openStream(
  endpoint: Endpoint,
  path: string,
  body: object,
  signal?: AbortSignal,
): AsyncGenerator<Chunk, boolean, undefined> {
  const url = `${endpoint.baseUrl.replace(/\/+$/, "")}${path}`;
  const { connectMs = 300_000, firstByteMs = 300_000, idleMs = 120_000 } = endpoint.timeouts ?? {};
  const deadline = new Deadline(signal);
  let finished = false;
  try {
    deadline.phase(connectMs, `did not answer within ${seconds(connectMs)}`);
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "text/event-stream",
        ...(endpoint.apiKey ? { authorization: `Bearer ${endpoint.apiKey}` } : {}),
        ...endpoint.headers,
      },
      body: JSON.stringify(body),
      signal: deadline.controller.signal,
    });
    deadline.phase(firstByteMs, `sent nothing within ${seconds(firstByteMs)} of its answer`);
    if (!response.ok) {
      throw statusError(url, response.status, await errorText(response), response.headers.get("retry-after"));
    }
    if ((response.headers.get("content-type") ?? "").includes("application/json")) {
      yield parseChunk(url, await response.text());
      return true;
    }
    const wait = (): void => {
      if (finished) deadline.phase(DRAIN_MS, "did not end its stream");
      else deadline.phase(idleMs, `was silent for ${seconds(idleMs)}`);
    };
    for await (const data of events(response, () => deadline.pause(), wait)) {
      finished ||= data === "[DONE]";
      if (!finished) yield parseChunk(url, data);
    }
    return finished;
  } catch (error) {
    if (finished || signal?.aborted) return finished;
    throw deadline.explain(url, error);
  } finally {
    deadline.end();
  }
}

/**
 * The `data` of each server-sent event.
 *
 * @param onBytes called for every piece of the body, comments included
 * @param onWait called before waiting for the next one
 */
async function* events(
  response: Response,
  onBytes: () => void,
  onWait: () => void,
): AsyncGenerator<string, void, undefined> {
  const ready: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => ready.push(data) });
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      onBytes();
      if (done) break;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* ready.splice(0);
      onWait();
    }
    // An endpoint may end right after its last line, without the empty one that completes an event.
    parser.feed(`${decoder.decode()}\n\n`);
    yield* ready.splice(0);
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
