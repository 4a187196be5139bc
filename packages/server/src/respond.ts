/** What the generating routes share: a generation for each choice, answered whole or as server-sent events. */

import type { ChatEvent, CompletionEvent, RepairEvent, Usage } from "@cachalot/chat";
import type { Context } from "hono";
import { toApiError } from "./api-error.js";
import type { AppContext } from "./app-context.js";
import { firstSign, type GenerationScope, observe, openScope, type StartedStream, start } from "./generation.js";
import { type SendEvent, sseResponse } from "./http/sse.js";
import { RepairTally } from "./repair-tally.js";

/** One request of a generating route. */
export interface Generations<E> {
  /** Begins each choice. */
  choices: readonly ((signal: AbortSignal) => AsyncIterable<E>)[];
  /** What was put right in the request itself. */
  repairs: readonly RepairEvent[];
  stream: boolean;
  /** The body of a whole answer. */
  answer(choices: readonly AsyncIterable<E>[]): Promise<object>;
  /** Sends one choice of a streamed answer. */
  sendChoice(events: AsyncIterable<E>, index: number, send: SendEvent): Promise<void>;
  /** The chunk after the choices; undefined where the client asked for none. */
  usageChunk(usages: readonly Usage[]): object | undefined;
}

/** Notes the usage that passes by. */
async function* noteUsage<E extends ChatEvent | CompletionEvent>(
  events: AsyncIterable<E>,
  note: (usage: Usage) => void,
): AsyncGenerator<E, void, undefined> {
  for await (const event of events) {
    if (event.type === "usage") note(event.usage);
    yield event;
  }
}

/** Sends all choices and closes the scope; errors become an event. */
async function sendAll<E extends ChatEvent | CompletionEvent>(
  app: AppContext,
  call: Generations<E>,
  streams: readonly StartedStream<E>[],
  scope: GenerationScope,
  send: SendEvent,
): Promise<void> {
  const usages: Usage[] = [];
  try {
    await Promise.all(
      streams.map((events, index) => {
        const noted = noteUsage(events, (usage) => {
          usages[index] = usage;
        });
        return call.sendChoice(noted, index, send);
      }),
    );
    const last = call.usageChunk(usages);
    if (last !== undefined) await send(last);
    await send("[DONE]");
  } catch (error) {
    scope.abort(error);
    app.onError(error);
    await send(toApiError(error));
  } finally {
    scope.close();
  }
}

/**
 * Generates and answers. All generations of the request end with it, and when its client goes away.
 * @throws what goes wrong before the first event, so that it becomes a status.
 */
export async function respond<E extends ChatEvent | CompletionEvent>(
  c: Context,
  app: AppContext,
  call: Generations<E>,
): Promise<Response> {
  const scope = openScope(c.req.raw.signal, app.shutdown, app.metrics);
  const tally = new RepairTally();
  for (const repair of call.repairs) {
    app.metrics.repairs.inc({ kind: repair.kind ?? "format" });
    tally.add(repair);
  }
  let streaming = false;
  try {
    const streams = call.choices.map((begin) => start(observe(begin(scope.signal), scope, app.metrics, tally)));
    if (!call.stream) return c.json(await call.answer(streams), 200, tally.headers());
    await firstSign(streams, app.keepAliveMs);
    streaming = true;
    return sseResponse((send) => sendAll(app, call, streams, scope, send), {
      keepAliveMs: app.keepAliveMs,
      onDisconnect: scope.clientGone,
      headers: tally.headers(),
    });
  } catch (error) {
    scope.abort(error);
    throw error;
  } finally {
    if (!streaming) scope.close();
  }
}
