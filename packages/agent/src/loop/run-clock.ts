/** The time limit of a run. A resumed run has the time left that it had: what is replayed counts as it took. */
export class RunClock {
  /** Aborts at the limit, or with the caller's signal. */
  readonly signal: AbortSignal;
  readonly #timeout = new AbortController();
  readonly #begun = performance.now();
  #replayed = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly limitMs: number | undefined,
    caller: AbortSignal | undefined,
  ) {
    this.signal = caller === undefined ? this.#timeout.signal : AbortSignal.any([caller, this.#timeout.signal]);
    this.#arm();
  }

  /** Milliseconds so far, the replayed ones included. */
  get elapsed(): number {
    return performance.now() - this.#begun + this.#replayed;
  }

  addReplayed(milliseconds: number): void {
    this.#replayed += milliseconds;
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (this.limitMs === undefined) return;
    clearTimeout(this.#timer);
    const left = this.limitMs - this.elapsed;
    if (left <= 0) this.#timeout.abort();
    // A timer cannot wait longer than this; it is set again then.
    else this.#timer = setTimeout(() => this.#arm(), Math.min(left, 2 ** 31 - 1));
  }
}
