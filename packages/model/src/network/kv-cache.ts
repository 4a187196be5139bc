import { PAGE_SIZE } from "@cachalot/tensor";
import { ModelError } from "../errors.js";
import type { PagePool } from "./page-pool.js";

/**
 * What one sequence keeps: the pages of its tokens, in order. Pages may be shared with other sequences that begin the same
 * way; a shared page is copied before it is written.
 */
export class KvCache {
  /** Tokens held. */
  length = 0;
  private readonly pages: number[] = [];

  /** `prefix`: full pages of another cache that this one begins with. */
  constructor(
    private readonly pool: PagePool,
    /** Most tokens this cache may hold. */
    readonly capacity: number,
    prefix: readonly number[] = [],
  ) {
    for (const page of prefix) {
      pool.retain(page);
      this.pages.push(page);
    }
    this.length = prefix.length * PAGE_SIZE;
  }

  /** Bytes in use, shared pages counted in full. */
  get bytes(): number {
    return this.pages.length * this.pool.pageBytes;
  }

  /** Pages, the last of them maybe not full. */
  get blocks(): readonly number[] {
    return this.pages;
  }

  /**
   * Makes room for `count` more tokens.
   * @throws ModelError `context_length_exceeded`, or `cache_full` where the pool has no page left; the tokens held stay.
   */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed > this.capacity)
      throw new ModelError(
        "context_length_exceeded",
        `${needed} tokens do not fit a cache of ${this.capacity}; shorten the prompt or raise the capacity`,
      );
    const last = Math.floor(this.length / PAGE_SIZE);
    const shared = this.pages[last];
    if (count > 0 && shared !== undefined && this.pool.usersOf(shared) > 1) {
      this.pages[last] = this.pool.copy(shared);
      this.pool.release(shared);
    }
    while (this.pages.length * PAGE_SIZE < needed) this.pages.push(this.pool.take());
  }

  /** Places in the pool of the positions `[from, to)`. */
  slots(from: number, to: number): Int32Array {
    return Int32Array.from({ length: to - from }, (_, i) => {
      const position = from + i;
      return this.pages[Math.floor(position / PAGE_SIZE)]! * PAGE_SIZE + (position % PAGE_SIZE);
    });
  }

  /** The tokens reserved and written are held from now on. */
  commit(count: number): void {
    this.length += count;
  }

  /** Forgets every token from `length` on. */
  truncate(length: number): void {
    this.length = Math.min(this.length, Math.max(0, length));
    for (const page of this.pages.splice(Math.ceil(this.length / PAGE_SIZE))) this.pool.release(page);
  }

  dispose(): void {
    this.length = 0;
    for (const page of this.pages.splice(0)) this.pool.release(page);
  }
}
