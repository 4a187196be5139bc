import { BLOCK_SIZE } from "@cachalot/tensor";
import { ModelError } from "../errors.js";
import type { BlockPool } from "./block-pool.js";

/**
 * The KV cache of one sequence: a block table, the blocks of its tokens in order. Blocks may be shared with other sequences that begin the same
 * way; a shared block is copied before it is written (copy-on-write).
 */
export class KvCache {
  /** Tokens held. */
  length = 0;
  private readonly table: number[] = [];

  /** `prefix`: full blocks of another cache that this one begins with. */
  constructor(
    private readonly pool: BlockPool,
    /** Most tokens this cache may hold. */
    readonly capacity: number,
    prefix: readonly number[] = [],
  ) {
    for (const block of prefix) {
      pool.retain(block);
      this.table.push(block);
    }
    this.length = prefix.length * BLOCK_SIZE;
  }

  /** Bytes in use, shared blocks counted in full. */
  get bytes(): number {
    return this.table.length * this.pool.blockBytes;
  }

  /** Blocks, the last of them maybe not full. */
  get blocks(): readonly number[] {
    return this.table;
  }

  /**
   * Makes room for `count` more tokens.
   * @throws ModelError `context_length_exceeded`, or `cache_full` where the pool has no block left; the tokens held stay.
   */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed > this.capacity)
      throw new ModelError(
        "context_length_exceeded",
        `${needed} tokens do not fit a cache of ${this.capacity}; shorten the prompt or raise the capacity`,
      );
    const last = Math.floor(this.length / BLOCK_SIZE);
    const shared = this.table[last];
    if (count > 0 && shared !== undefined && this.pool.usersOf(shared) > 1) {
      this.table[last] = this.pool.copy(shared);
      this.pool.release(shared);
    }
    while (this.table.length * BLOCK_SIZE < needed) this.table.push(this.pool.take());
  }

  /** Places in the pool of the positions `[from, to)`. */
  slots(from: number, to: number): Int32Array {
    return Int32Array.from({ length: to - from }, (_, i) => {
      const position = from + i;
      return this.table[Math.floor(position / BLOCK_SIZE)]! * BLOCK_SIZE + (position % BLOCK_SIZE);
    });
  }

  /** The tokens reserved and written are held from now on. */
  commit(count: number): void {
    this.length += count;
  }

  /** Forgets every token from `length` on. */
  truncate(length: number): void {
    this.length = Math.min(this.length, Math.max(0, length));
    for (const block of this.table.splice(Math.ceil(this.length / BLOCK_SIZE))) this.pool.release(block);
  }

  dispose(): void {
    this.length = 0;
    for (const block of this.table.splice(0)) this.pool.release(block);
  }
}
