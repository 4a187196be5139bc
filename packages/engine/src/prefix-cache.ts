/** Caches of finished sequences, kept for prompts that begin the same way. */

import type { SequenceCache } from "./language-model.js";

interface Entry<Cache> {
  tokens: readonly number[];
  cache: Cache;
}

/** Shorter common beginnings are not worth taking a cache away from what it was kept for. */
const MIN_REUSE = 16;

export function commonPrefixLength(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a[length] === b[length]) length++;
  return length;
}

/** Bounded by memory; the least recently stored entry goes first. A taken cache belongs to the taker. */
export class PrefixCache<Cache extends SequenceCache> {
  /** Oldest first. */
  readonly #entries: Entry<Cache>[] = [];

  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.#entries.reduce((sum, { cache }) => sum + cache.bytes, 0);
  }

  /**
   * Takes the cache that shares the longest beginning with `tokens`, cut to it. The last token is never part of it: a
   * sequence must read at least one to have logits. Undefined when too little would be reused, or when most of an entry
   * would be lost.
   */
  take(tokens: readonly number[]): Cache | undefined {
    let best = -1;
    let length = MIN_REUSE - 1;
    for (const [i, entry] of this.#entries.entries()) {
      const shared = Math.min(commonPrefixLength(entry.tokens, tokens), tokens.length - 1);
      if (shared > length && 2 * shared >= entry.tokens.length) {
        best = i;
        length = shared;
      }
    }
    const entry = this.#entries.splice(best, best === -1 ? 0 : 1)[0];
    entry?.cache.truncate(length);
    return entry?.cache;
  }

  /** Keeps a cache that holds exactly `tokens`, or disposes of it when it does not fit. */
  put(tokens: readonly number[], cache: Cache): void {
    if (cache.length < MIN_REUSE || cache.bytes > this.maxBytes) {
      cache.dispose();
      return;
    }
    this.#entries.push({ tokens: tokens.slice(0, cache.length), cache });
    while (this.bytes > this.maxBytes) this.#entries.shift()?.cache.dispose();
  }

  dispose(): void {
    for (const { cache } of this.#entries.splice(0)) cache.dispose();
  }
}
