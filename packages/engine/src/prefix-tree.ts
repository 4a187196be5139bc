/** Blocks that were read before, found by the tokens that lead to them: a radix tree over token blocks. */

import type { RecordOptions } from "@cachalot/chat";
import type { RoutingRecord } from "@cachalot/model";
import type { BlockPool } from "./language-model.js";

interface Node {
  parent: Node | undefined;
  key: string;
  block: number;
  /** How its tokens went through the network, where the sequence that read them recorded it. */
  record: RoutingRecord | undefined;
  /** Most blocks end a branch. */
  children: Map<string, Node> | undefined;
  /** When it was last found or added. */
  used: number;
  /** The same by the clock, in milliseconds. */
  usedAt: number;
}

/** Blocks that follow one another without a fork and have the same users. */
export interface PrefixRun {
  /** The run it goes on from, as a place in the list; undefined at the root. */
  parent: number | undefined;
  blocks: number;
  /** Sequences and the tree. */
  users: number;
  /** Token ids of its first block. */
  tokens: number[];
  /** Since a sequence last found or added its last block, in milliseconds. */
  idleMs: number;
}

/** What the tree takes of the heap for each block at most, records apart, in bytes: a memory bound must count it. */
export const NODE_BYTES = 512;

/** A block that is known, with what was recorded of its tokens. */
export interface KnownBlock {
  block: number;
  record: RoutingRecord | undefined;
}

function hasRecord(record: RoutingRecord | undefined, wanted: RecordOptions | undefined): boolean {
  return (!wanted?.experts || record?.experts !== undefined) && (!wanted?.selection || record?.selection !== undefined);
}

/**
 * Holds a user of every block in it, so that blocks outlive the sequences that wrote them. Whoever needs memory evicts: the
 * least recently used ends of branches go first, and only blocks no sequence uses, since no others give memory back.
 */
export class PrefixTree {
  readonly #root: Map<string, Node> = new Map();
  readonly #leaves = new Set<Node>();
  #size = 0;
  #clock = 0;

  /**
   * @param maxBlocks most blocks kept
   * @param lookahead tokens behind a block that its contents depend on: it is found only where these follow, too
   */
  constructor(
    private readonly pool: BlockPool,
    private readonly maxBlocks = Number.MAX_SAFE_INTEGER,
    private readonly lookahead: 0 | 1 = 0,
  ) {}

  /** Blocks held. */
  get size(): number {
    return this.#size;
  }

  /**
   * Blocks of the longest known beginning of `tokens`, never all of them: a sequence must read one to have logits.
   * @param wanted only blocks with these records
   */
  match(tokens: readonly number[], wanted?: RecordOptions): KnownBlock[] {
    const blocks: KnownBlock[] = [];
    let children: Map<string, Node> | undefined = this.#root;
    const now = Math.round(performance.now());
    const most = Math.floor((tokens.length - 1) / this.pool.blockSize);
    while (blocks.length < most) {
      const node: Node | undefined = children?.get(this.#key(tokens, blocks.length));
      if (!node || !hasRecord(node.record, wanted)) break;
      node.used = ++this.#clock;
      node.usedAt = now;
      blocks.push({ block: node.block, record: node.record });
      children = node.children;
    }
    return blocks;
  }

  /**
   * Adds the full blocks of a sequence that holds `tokens`, of which the last `lookahead` need not be held. Where the tree has
   * the tokens already, its block stays.
   *
   * @param recordOf what the sequence recorded of the tokens `[from, to)`
   */
  insert(
    tokens: readonly number[],
    blocks: readonly number[],
    recordOf?: (from: number, to: number) => RoutingRecord,
  ): void {
    const { blockSize } = this.pool;
    let parent: Node | undefined;
    const now = Math.round(performance.now());
    const full = Math.min(Math.floor((tokens.length - this.lookahead) / this.pool.blockSize), blocks.length);
    for (let i = 0; i < full; i++) {
      const key = this.#key(tokens, i);
      let node = this.#childrenOf(parent).get(key);
      if (!node) {
        if (this.#size >= this.maxBlocks && this.evict(1, parent) === 0) return;
        node = { parent, key, block: blocks[i]!, record: undefined, children: undefined, used: 0, usedAt: now };
        this.pool.retain(node.block);
        this.#childrenOf(parent).set(key, node);
        this.#leaves.add(node);
        if (parent) this.#leaves.delete(parent);
        this.#size++;
      }
      node.record ??= recordOf?.(i * blockSize, (i + 1) * blockSize);
      node.used = ++this.#clock;
      node.usedAt = now;
      parent = node;
    }
  }

  /** Gives up to `count` unused blocks back, never `keep`; returns how many. */
  evict(count: number, keep?: unknown): number {
    let given = 0;
    while (given < count) {
      let oldest: Node | undefined;
      for (const leaf of this.#leaves)
        if (
          leaf !== keep &&
          this.pool.usersOf(leaf.block) === 1 &&
          leaf.used < (oldest?.used ?? Number.POSITIVE_INFINITY)
        )
          oldest = leaf;
      if (!oldest) return given;
      this.#remove(oldest);
      given++;
    }
    return given;
  }

  /** What the tree holds, parents before their children; at most `limit` runs, those used last first among siblings. */
  describe(limit: number): PrefixRun[] {
    const now = Math.round(performance.now());
    const runs: PrefixRun[] = [];
    const byUse = (nodes: Map<string, Node>) => [...nodes.values()].sort((a, b) => b.used - a.used);
    const open: { node: Node; parent: number | undefined }[] = byUse(this.#root).map((node) => ({
      node,
      parent: undefined,
    }));
    while (runs.length < limit) {
      const next = open.shift();
      if (!next) break;
      const { node, parent } = next;
      const users = this.pool.usersOf(node.block);
      let last = node;
      let blocks = 1;
      for (let only = onlyChild(last); only && this.pool.usersOf(only.block) === users; only = onlyChild(last)) {
        last = only;
        blocks++;
      }
      const tokens = node.key.split(",").slice(0, this.pool.blockSize).map(Number);
      const place = runs.push({ parent, blocks, users, tokens, idleMs: now - last.usedAt }) - 1;
      if (last.children) open.push(...byUse(last.children).map((child) => ({ node: child, parent: place })));
    }
    return runs;
  }

  /** Forgets every block: what was read with other weights helps nobody. */
  clear(): void {
    while (this.#leaves.size > 0) for (const leaf of [...this.#leaves]) this.#remove(leaf);
  }

  #remove(leaf: Node): void {
    const { parent } = leaf;
    this.#childrenOf(parent).delete(leaf.key);
    this.#leaves.delete(leaf);
    if (parent?.children?.size === 0) {
      parent.children = undefined;
      this.#leaves.add(parent);
    }
    this.#size--;
    this.pool.release(leaf.block);
  }

  #childrenOf(parent: Node | undefined): Map<string, Node> {
    if (!parent) return this.#root;
    parent.children ??= new Map();
    return parent.children;
  }

  #key(tokens: readonly number[], block: number): string {
    const { blockSize } = this.pool;
    return tokens.slice(block * blockSize, (block + 1) * blockSize + this.lookahead).join();
  }
}

function onlyChild({ children }: Node): Node | undefined {
  return children?.size === 1 ? children.values().next().value : undefined;
}
