/** Looks for stop strings in text that arrives in pieces. */

/**
 * Holds back text that may turn out to begin a stop string. The result does not depend on how the text is split: the
 * stop that is complete first wins, of several the one that began first.
 */
export class StopMatcher {
  #held = "";

  constructor(private readonly stops: readonly string[]) {}

  /** Adds text; returns what certainly precedes any stop. After a match nothing more may be pushed. */
  push(text: string): { text: string; matched: boolean } {
    if (this.stops.length === 0) return { text, matched: false };
    this.#held += text;
    const start = this.#firstMatch();
    if (start !== undefined) {
      const before = this.#held.slice(0, start);
      this.#held = "";
      return { text: before, matched: true };
    }
    const safe = this.#held.length - this.#undecided();
    const out = this.#held.slice(0, safe);
    this.#held = this.#held.slice(safe);
    return { text: out, matched: false };
  }

  /** The text still held back: no stop came. */
  end(): string {
    const rest = this.#held;
    this.#held = "";
    return rest;
  }

  #firstMatch(): number | undefined {
    let start: number | undefined;
    let end = Number.POSITIVE_INFINITY;
    for (const stop of this.stops) {
      const at = this.#held.indexOf(stop);
      if (at === -1) continue;
      const stopEnd = at + stop.length;
      if (stopEnd < end || (stopEnd === end && at < (start ?? 0))) {
        start = at;
        end = stopEnd;
      }
    }
    return start;
  }

  /** Length of the longest tail that begins a stop. */
  #undecided(): number {
    let longest = 0;
    for (const stop of this.stops) {
      for (let length = Math.min(stop.length - 1, this.#held.length); length > longest; length--) {
        if (this.#held.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
