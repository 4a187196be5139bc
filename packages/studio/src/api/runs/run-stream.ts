/** Live view of a run: its trace is followed as it grows, by whatever process writes it. */

import { setTimeout as sleep } from "node:timers/promises";
import { type SendEvent, sseResponse } from "@cachalot/server";
import type { Context } from "hono";
import type { RunEvent } from "../../wire/run-events.js";
import type { RunDesk } from "./run-desk.js";
import type { RunStore } from "./run-store.js";
import { shownRecord } from "./shown-record.js";
import type { TraceIndex } from "./trace-index.js";

const LOOK_MS = 200;
const AT_ONCE = 50;

interface Following {
  store: RunStore;
  desk: RunDesk;
  id: string;
  keepAliveMs: number;
  shutdown: AbortSignal;
}

/** Records behind `Last-Event-ID`, or behind the query's `after`, until the run has ended. */
export async function followRun(c: Context, { keepAliveMs, shutdown, ...run }: Following): Promise<Response> {
  const index = await run.store.index(run.id);
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, shutdown]);
  const last = Number(c.req.header("last-event-id") ?? c.req.query("after") ?? -1);
  const next = Number.isSafeInteger(last) && last >= 0 ? last + 1 : 0;
  return sseResponse(
    (send) =>
      follow(run, index, next, signal, send).catch((error: unknown) =>
        send({ type: "state", state: (error as Error).message, pending: null }),
      ),
    { keepAliveMs, onDisconnect: () => gone.abort() },
  );
}

async function follow(
  { store, desk, id }: Pick<Following, "store" | "desk" | "id">,
  index: TraceIndex,
  start: number,
  signal: AbortSignal,
  sendData: SendEvent,
): Promise<void> {
  const send = (event: RunEvent, n?: number) => sendData(event, n);
  let [next, rewrites, told] = [start, index.rewrites, ""];
  while (!signal.aborted) {
    const { state } = await store.summary(id);
    const back = index.rewrites !== rewrites ? Math.min(index.common, index.length) : index.length;
    rewrites = index.rewrites;
    if (next > back) {
      next = back;
      await send({ type: "rewind", length: next }, next - 1);
    }
    while (next < index.length && !signal.aborted) {
      for (const record of await index.records(next, next + AT_ONCE)) {
        await send({ type: "record", ...shownRecord(next, record) }, next);
        next++;
      }
    }
    const status: RunEvent = { type: "state", state, pending: desk.pending(id) ?? null };
    if (JSON.stringify(status) !== told) await send(status);
    told = JSON.stringify(status);
    if (state !== "working" && state !== "unfinished") {
      await send({ type: "end" });
      return;
    }
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  }
}
