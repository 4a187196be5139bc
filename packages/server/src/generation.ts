/** The generations of one HTTP request: watched, and aborted together. */

import { setMaxListeners } from "node:events";
import type { ChatEvent, CompletionEvent, Usage } from "@cachalot/chat";
import { ApiError } from "./api-error.js";
import type { Metrics } from "./metrics.js";
import type { RepairTally } from "./repair-tally.js";

const clientGone = (): ApiError =>
  new ApiError(499, "The client closed the connection", { code: "client_closed_request" });

const stopping = (): ApiError =>
  new ApiError(503, "The server is shutting down; send the request again", {
    type: "server_error",
    code: "shutting_down",
    headers: { connection: "close", "retry-after": "5" },
  });

/** Ends when the client goes away, when the server stops, or by `close`. */
export interface GenerationScope {
  readonly signal: AbortSignal;
  abort(error: unknown): void;
  clientGone(): void;
  /** To be called once, when nothing is generated any more. */
  close(): void;
}

/** @throws ApiError 503 when the server is already shutting down. */
export function openScope(client: AbortSignal, shutdown: AbortSignal, metrics: Metrics): GenerationScope {
  if (shutdown.aborted) throw stopping();
  const controller = new AbortController();
  // Each choice of a request listens.
  setMaxListeners(0, controller.signal);
  const onGone = (): void => controller.abort(clientGone());
  const onShutdown = (): void => controller.abort(stopping());
  client.addEventListener("abort", onGone, { once: true });
  shutdown.addEventListener("abort", onShutdown, { once: true });
  if (client.aborted) onGone();
  metrics.inFlight.inc();
  return {
    signal: controller.signal,
    abort: (error) => controller.abort(error),
    clientGone: onGone,
    close() {
      client.removeEventListener("abort", onGone);
      shutdown.removeEventListener("abort", onShutdown);
      metrics.inFlight.dec();
    },
  };
}

function countUsage(metrics: Metrics, usage: Usage): void {
  metrics.tokens.inc({ kind: "prompt" }, usage.promptTokens);
  metrics.tokens.inc({ kind: "cached" }, usage.cachedTokens);
  metrics.tokens.inc({ kind: "completion" }, usage.completionTokens);
  metrics.tokens.inc({ kind: "reasoning" }, usage.reasoningTokens);
  const { drafted, accepted } = usage.drafts ?? { drafted: 0, accepted: 0 };
  metrics.drafts.inc({ result: "accepted" }, accepted);
  metrics.drafts.inc({ result: "refused" }, drafted - accepted);
}

/**
 * Passes a model's events on and counts them.
 * @throws what aborted the scope, in place of an `aborted` finish.
 */
export async function* observe<E extends ChatEvent | CompletionEvent>(
  events: AsyncIterable<E>,
  scope: GenerationScope,
  metrics: Metrics,
  tally?: RepairTally,
): AsyncGenerator<E, void, undefined> {
  const started = performance.now();
  let hasText = false;
  for await (const event of events) {
    if (event.type === "usage") countUsage(metrics, event.usage);
    else if (event.type === "repair") {
      metrics.repairs.inc({ kind: event.kind ?? "format" });
      tally?.add(event);
    } else if (event.type === "finish") {
      if (event.reason === "aborted" && scope.signal.aborted) throw scope.signal.reason;
    } else if (!hasText) {
      hasText = true;
      metrics.timeToFirstToken.observe((performance.now() - started) / 1000);
    }
    yield event;
  }
}

export interface StartedStream<E> extends AsyncIterable<E> {
  /** Settles with the first event that is no repair, or the error in its place. */
  readonly first: Promise<unknown>;
}

/** Begins to read a stream at once instead of when it is iterated. */
export function start<E extends { type: string }>(events: AsyncGenerator<E, void, undefined>): StartedStream<E> {
  const early: E[] = [];
  const readEarly = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await events.next();
      if (done) return;
      early.push(value);
      if (value.type !== "repair") return;
    }
  };
  const first = readEarly();
  first.catch(() => undefined);
  return {
    first,
    async *[Symbol.asyncIterator]() {
      await first;
      yield* early;
      yield* events;
    },
  };
}

/** Waits for the first event of any stream, but no longer than `timeoutMs`. A stream that fails first throws here. */
export async function firstSign(streams: readonly StartedStream<unknown>[], timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  try {
    await Promise.race([timeout, ...streams.map(({ first }) => first)]);
  } finally {
    clearTimeout(timer);
  }
}
