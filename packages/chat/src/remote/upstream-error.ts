/** What goes wrong between here and a remote endpoint -> ChatError. */

import { ChatError } from "../errors.js";
import { retryAfterMs } from "./retry.js";

const TOO_LONG = /maximum context length|context[ _]length|context window|too many tokens|longer than the model/i;
const RETRYABLE = new Set([408, 409, 425, 429]);

/** A connection or a stream that failed. */
export function brokenConnection(message: string): ChatError {
  return new ChatError("upstream", message, undefined, { retryable: true });
}

/** The message in an error body: OpenAI's, FastAPI's, or the text itself. */
function describe(body: string): string {
  try {
    const value = JSON.parse(body) as { error?: unknown; message?: unknown; detail?: unknown };
    const error = value.error;
    const inner = typeof error === "object" && error !== null ? (error as { message?: unknown }).message : error;
    const found = [inner, value.message, value.detail].find((text) => typeof text === "string" && text !== "");
    if (typeof found === "string") return found.slice(0, 500);
  } catch {
    // Not JSON: the text says it.
  }
  return body.replace(/\s+/g, " ").trim().slice(0, 200);
}

/** @param where how messages name the endpoint: its URL */
export function statusError(where: string, status: number, body: string, retryAfter: string | null): ChatError {
  const said = describe(body);
  const asked = retryAfterMs(retryAfter);
  const upstream = {
    status,
    retryable: RETRYABLE.has(status) || status >= 500,
    ...(asked === undefined ? {} : { retryAfterMs: asked }),
  };
  const answer = `${where} answered ${status}${said ? `: ${said}` : ""}`;
  if (status === 429)
    return new ChatError("overloaded", `${answer}; send the request again later`, undefined, upstream);
  if (status === 401 || status === 403) {
    return new ChatError("upstream", `${answer}; check the API key for this endpoint`, undefined, upstream);
  }
  if (status === 404) {
    return new ChatError("upstream", `${answer}; check the URL (it ends in /v1) and the model`, undefined, upstream);
  }
  if (upstream.retryable) {
    return new ChatError("upstream", `${answer}; send the request again later`, undefined, upstream);
  }
  if (status < 500 && TOO_LONG.test(said)) {
    return new ChatError("context_length_exceeded", `${answer}; send fewer messages`, "messages", upstream);
  }
  return new ChatError("invalid_request", `${answer}; change the request`, undefined, upstream);
}

/** An error object inside a stream that had begun with 200. */
export function streamError(where: string, error: unknown): ChatError {
  const object = typeof error === "object" && error !== null ? (error as Record<string, unknown>) : {};
  const status = Number(object.code ?? object.status);
  const body = JSON.stringify({ error });
  if (Number.isInteger(status) && status >= 400 && status < 600) return statusError(where, status, body, null);
  return brokenConnection(`${where} ended the stream with an error: ${describe(body)}; send the request again`);
}
