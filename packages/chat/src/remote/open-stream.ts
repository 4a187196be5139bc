/** One POST whose answer is a stream of JSON chunks, with its timeouts. */

import { formatPythonJson } from "../json/python-json.js";
import { wellFormedJson } from "../json/well-formed.js";
import { Deadline } from "./deadline.js";
import { MAX_CHUNK_BYTES, readEvents, readText, tooLarge } from "./read-body.js";
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

const MAX_ERROR_BYTES = 64 * 1024;

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

/** Schemas go on as the client wrote them, since the host puts them in its prompt; the rest is plain. */
function bodyText(body: object): string {
  const fields = Object.entries(body).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const isSchema = name === "tools" || name === "response_format";
    return [`${JSON.stringify(name)}:${isSchema ? formatPythonJson(value) : JSON.stringify(value)}`];
  });
  return `{${fields.join(",")}}`;
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
      body: wellFormedJson(bodyText(body)),
      signal: deadline.controller.signal,
    });
    deadline.phase(firstByteMs, `sent nothing within ${seconds(firstByteMs)} of its answer`);
    if (!response.ok) {
      const { text } = await readText(response, MAX_ERROR_BYTES).catch(() => ({ text: "" }));
      throw statusError(url, response.status, text, response.headers.get("retry-after"));
    }
    if ((response.headers.get("content-type") ?? "").includes("application/json")) {
      const { text, whole } = await readText(response, MAX_CHUNK_BYTES);
      if (!whole) throw tooLarge();
      yield parseChunk(url, text);
      return true;
    }
    const wait = (): void => {
      if (finished) deadline.phase(DRAIN_MS, "did not end its stream");
      else deadline.phase(idleMs, `was silent for ${seconds(idleMs)}`);
    };
    for await (const data of readEvents(response, () => deadline.pause(), wait)) {
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
