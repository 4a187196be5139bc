/** A text that arrives in pieces, read up to markers. A marker may be split anywhere between pieces. */

export interface Taken {
  before: string;
  /** The marker that was found and consumed; undefined when the text ended first. */
  stop: string | undefined;
}

export class TextReader {
  #buffer = "";
  /** No marker starts before this offset: a long wait does not rescan what it has seen. */
  #scanned = 0;
  #ended = false;

  push(text: string): void {
    this.#buffer += text;
  }

  end(): void {
    this.#ended = true;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** What has arrived and is not consumed. */
  get rest(): string {
    return this.#buffer;
  }

  consume(length: number): void {
    this.#buffer = this.#buffer.slice(length);
    this.#scanned = 0;
  }

  /** Puts text back in front. */
  unread(text: string): void {
    this.#buffer = text + this.#buffer;
    this.#scanned = 0;
  }

  /** Looks from the start again: before looking for other stops in the same text. */
  rescan(): void {
    this.#scanned = 0;
  }

  /** The earliest of `stops`, not consumed. Calls for other stops without a consume between need a `rescan`. */
  find(stops: readonly string[]): { at: number; stop: string } | undefined {
    let found: { at: number; stop: string } | undefined;
    let longest = 1;
    for (const stop of stops) {
      const at = this.#buffer.indexOf(stop, this.#scanned);
      if (at !== -1 && (found === undefined || at < found.at)) found = { at, stop };
      longest = Math.max(longest, stop.length);
    }
    if (found === undefined) this.#scanned = Math.max(this.#scanned, this.#buffer.length - longest + 1);
    return found;
  }

  /** Everything before the earliest of `stops`, as one piece. Undefined: wait for more text. */
  take(stops: readonly string[]): Taken | undefined {
    const found = this.find(stops);
    if (found === undefined && !this.#ended) return undefined;
    const before = this.#buffer.slice(0, found?.at);
    this.consume(before.length + (found?.stop.length ?? 0));
    return { before, stop: found?.stop };
  }

  /**
   * Hands `sink` what certainly stands before any of `stops`, as it arrives. Held back: a tail that may turn into a stop,
   * and half a surrogate pair. Undefined: wait for more text.
   */
  stream(stops: readonly string[], sink: (text: string) => void): { stop: string | undefined } | undefined {
    const found = this.find(stops);
    if (found !== undefined || this.#ended) {
      sink(this.#buffer.slice(0, found?.at));
      this.consume(found === undefined ? this.#buffer.length : found.at + found.stop.length);
      return { stop: found?.stop };
    }
    const safe = this.#buffer.length - heldLength(this.#buffer, stops);
    sink(this.#buffer.slice(0, safe));
    this.consume(safe);
    return undefined;
  }
}

function heldLength(text: string, stops: readonly string[]): number {
  let held = isHighSurrogate(text.charCodeAt(text.length - 1)) ? 1 : 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > held; length--) {
      if (text.endsWith(stop.slice(0, length))) held = length;
    }
  }
  return held;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}
