/** One signal for a request with waits of several lengths. */

import { ChatError } from "../errors.js";
import { brokenConnection } from "./upstream-error.js";

/** Aborts when the caller does, and when a phase takes too long. */
export class Deadline {
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
