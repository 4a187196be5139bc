/** A worker's life: it works until it is told to stop, and opens the database again where that was lost. */

import { setTimeout as sleep } from "node:timers/promises";
import { err, out } from "./terminal/output.js";
import { yellow } from "./terminal/styled-text.js";

/** What works on durable workflows. */
export interface AtWork {
  /** See `Workflows.lost`. */
  readonly lost: AbortSignal;
  close(): Promise<void>;
}

/** Longest wait before the database is tried again. */
const MAX_WAIT_S = 30;

/** @param what the worker waits for, as in "runs". When the database is lost, others go on with what was at work here. */
export async function keepWorking(stopped: AbortSignal, what: string, open: () => Promise<AtWork>): Promise<void> {
  let work = await open();
  out.print(`Waiting for ${what}. Ctrl+C stops; another worker goes on with what was begun.\n`);
  for (;;) {
    await aborted(AbortSignal.any([stopped, work.lost]));
    await work.close();
    if (stopped.aborted) return;
    err.print(yellow(`${work.lost.reason.message}\n`));
    const again = await reopened(stopped, open);
    if (again === undefined) return;
    work = again;
    out.print(`Waiting for ${what} again.\n`);
  }
}

/** Tries until the database is there. @returns undefined when the worker was stopped before */
async function reopened(stopped: AbortSignal, open: () => Promise<AtWork>): Promise<AtWork | undefined> {
  for (let seconds = 1; !stopped.aborted; seconds = Math.min(2 * seconds, MAX_WAIT_S)) {
    await sleep(seconds * 1000, undefined, { signal: stopped }).catch(() => {});
    if (stopped.aborted) return undefined;
    try {
      return await open();
    } catch (error) {
      err.print(yellow(`${(error as Error).message}\n`));
    }
  }
  return undefined;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
