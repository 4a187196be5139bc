/** Generations the server holds: they go on while no browser listens, and any browser can listen from any event on. */

import { randomBytes } from "node:crypto";
import type { ChatEvent, GenerateRequest } from "@cachalot/chat";
import { ApiError, type AppContext, observe, openScope, toApiError } from "@cachalot/server";
import { EventLog } from "../../http/event-log.js";
import type { GenerationEvent } from "../../wire/generation.js";

/** How long an answer can be listened to after its end. */
const KEPT_MS = 10 * 60_000;
const MOST = 100;

export interface Generation {
  id: string;
  log: EventLog<GenerationEvent>;
  stop(): void;
}

export class Generations {
  private readonly running = new Map<string, Generation>();

  /** @throws ApiError 429 where too many are held, 503 while the server stops */
  begin(app: AppContext, request: GenerateRequest): Generation {
    if (this.running.size >= MOST)
      throw new ApiError(429, `${MOST} answers are held already; wait for one to end, or stop it`, {
        type: "rate_limit_error",
        code: "overloaded",
      });
    const id = `gen-${randomBytes(12).toString("hex")}`;
    const stopped = new AbortController();
    const generation = { id, log: new EventLog<GenerationEvent>(), stop: () => stopped.abort() };
    const scope = openScope(stopped.signal, app.shutdown, app.metrics);
    this.running.set(id, generation);
    const events = observe(app.chat.generate({ ...request, signal: scope.signal }), scope, app.metrics);
    void this.fill(generation.log, events, stopped.signal, app).finally(() => {
      scope.close();
      setTimeout(() => this.running.delete(id), KEPT_MS).unref();
    });
    return generation;
  }

  /** @throws ApiError 404 for one that ended long ago, or with an earlier server */
  get(id: string): Generation {
    const generation = this.running.get(id);
    if (generation) return generation;
    throw new ApiError(404, "This answer is no longer held; ask again", { code: "generation_gone" });
  }

  private async fill(
    log: EventLog<GenerationEvent>,
    events: AsyncIterable<ChatEvent>,
    stopped: AbortSignal,
    app: AppContext,
  ): Promise<void> {
    const clock = startClock();
    try {
      for await (const event of events) {
        clock.note(event);
        const sent = toWire(event, clock);
        if (sent) log.push(sent);
      }
    } catch (error) {
      if (stopped.aborted) log.push({ type: "finish", reason: "aborted", ...clock.times() });
      else {
        app.onError(error);
        const { message, code } = toApiError(error);
        log.push({ type: "error", message, code });
      }
    } finally {
      log.end();
    }
  }
}

interface Clock {
  note(event: ChatEvent): void;
  times(): { seconds: number; reasoningSeconds: number };
}

function startClock(): Clock {
  const started = performance.now();
  const since = (): number => Math.round(performance.now() - started) / 1000;
  let reasoningSeconds = 0;
  return {
    note({ type }) {
      if (type === "reasoning") reasoningSeconds = since();
    },
    times: () => ({ seconds: since(), reasoningSeconds }),
  };
}

/** What the pages show of an event. */
function toWire(event: ChatEvent, clock: Clock): GenerationEvent | undefined {
  switch (event.type) {
    case "reasoning":
    case "content":
    case "tool-call":
    case "tool-call-arguments":
      return event;
    case "usage": {
      const { promptTokens, completionTokens, reasoningTokens, cachedTokens } = event.usage;
      return { type: "usage", usage: { promptTokens, completionTokens, reasoningTokens, cachedTokens } };
    }
    case "finish":
      return { type: "finish", reason: event.reason, ...clock.times() };
    default:
      return undefined;
  }
}
