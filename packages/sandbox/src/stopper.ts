/** Stops a process at its limits, by steps that grow harder: each is given time before the next. */

import type { CommandEnd } from "./guest-process.js";

export interface Stopper {
  /** Why the process was stopped; undefined while it was not. */
  readonly why: CommandEnd | undefined;
  stop(why: CommandEnd): void;
  /** The process has ended, or answered. */
  clear(): void;
}

export interface StopperOptions {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Time in milliseconds that a step has. */
  graceMs: number;
  steps: readonly (() => void)[];
}

/** The clock runs from now. Aborting stops at once. */
export function createStopper({ timeoutMs, signal, graceMs, steps }: StopperOptions): Stopper {
  let why: CommandEnd | undefined;
  let timer = setTimeout(() => stop("timeout"), timeoutMs);
  const [first, ...harder] = steps;
  function stop(reason: CommandEnd): void {
    if (why !== undefined) return;
    why = reason;
    step(first, harder);
  }
  function step(action: (() => void) | undefined, next: readonly (() => void)[]): void {
    clearTimeout(timer);
    action?.();
    if (next.length > 0) timer = setTimeout(() => step(next[0], next.slice(1)), graceMs);
  }
  const abort = () => stop("aborted");
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  return {
    get why() {
      return why;
    },
    stop,
    clear() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    },
  };
}
