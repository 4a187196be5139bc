/** Server-sent events that resume: what was sent is kept and numbered, and `Last-Event-ID` tells where a client left off. */

import { sseResponse } from "@cachalot/server";
import type { Context } from "hono";

/** Events of one stream, in order; any number of clients read them from wherever they are. */
export class EventLog<Event> {
  private readonly events: Event[] = [];
  private readonly waiting = new Set<() => void>();
  private ended = false;

  push(event: Event): void {
    this.events.push(event);
    this.wake();
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  /** The events behind `start`, as they come, until the end or the abort. */
  async *read(start: number, signal: AbortSignal): AsyncGenerator<{ event: Event; id: number }> {
    for (let id = start; !signal.aborted; ) {
      const event = this.events[id];
      if (event !== undefined) yield { event, id: id++ };
      else if (this.ended) return;
      else await this.change(signal);
    }
  }

  private change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener("abort", done);
    });
  }

  private wake(): void {
    for (const resolve of [...this.waiting]) resolve();
  }
}

/** Streams a log to a client, which is told at the end by an event `{"type": "end"}`: a browser would else connect again. */
export function replay<Event>(c: Context, log: EventLog<Event>, keepAliveMs: number): Response {
  const gone = new AbortController();
  const last = Number(c.req.header("last-event-id") ?? c.req.query("lastEventId") ?? -1);
  const start = Number.isSafeInteger(last) && last >= -1 ? last + 1 : 0;
  return sseResponse(
    async (send) => {
      for await (const { event, id } of log.read(start, gone.signal)) await send(event, id);
      if (!gone.signal.aborted) await send({ type: "end" });
    },
    { keepAliveMs, onDisconnect: () => gone.abort() },
  );
}
