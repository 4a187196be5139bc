import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { NODE_BYTES, PrefixTree } from "./prefix-tree.js";
import { TinyPool } from "./testing/tiny-model.js";

/** Blocks that hold these tokens, as a sequence would have written them. */
function written(pool: TinyPool, tokens: readonly number[]): number[] {
  return Array.from({ length: Math.ceil(tokens.length / 4) }, (_, i) => pool.take(tokens.slice(4 * i, 4 * i + 4)));
}

function add(tree: PrefixTree, pool: TinyPool, tokens: readonly number[]): void {
  const blocks = written(pool, tokens);
  tree.insert(tokens, blocks);
  for (const block of blocks) pool.release(block);
}

const conversations = fc.array(fc.array(fc.nat(2), { maxLength: 24 }), { maxLength: 12 });

test("finds exactly the blocks whose tokens lead to them, and as many as anyone has read", () => {
  fc.assert(
    fc.property(conversations, fc.array(fc.nat(2), { minLength: 1, maxLength: 24 }), (known, asked) => {
      const pool = new TinyPool();
      const tree = new PrefixTree(pool);
      for (const tokens of known) add(tree, pool, tokens);
      const found = tree.match(asked).flatMap(({ block }) => pool.tokensOf(block));
      expect(found).toEqual(asked.slice(0, found.length));
      const shared = (tokens: readonly number[]) => {
        let n = 0;
        while (n < tokens.length && n < asked.length && tokens[n] === asked[n]) n++;
        return Math.min(Math.floor(n / 4), Math.floor((asked.length - 1) / 4)) * 4;
      };
      expect(found.length).toBe(Math.max(0, ...known.map(shared)));
      tree.clear();
      expect(pool.used).toBe(0);
    }),
  );
});

test("holds one copy of what is shared, and stays within its size", () => {
  const pool = new TinyPool();
  const tree = new PrefixTree(pool, 3);
  add(tree, pool, [1, 1, 1, 1, 2, 2, 2, 2]);
  add(tree, pool, [1, 1, 1, 1, 3, 3, 3, 3]);
  expect(pool.used).toBe(3);
  add(tree, pool, [9, 9, 9, 9]);
  expect(tree.size).toBe(3);
  // The least recently used end of a branch went.
  expect(tree.match([1, 1, 1, 1, 2, 2, 2, 2, 0])).toHaveLength(1);
  expect(tree.match([1, 1, 1, 1, 3, 3, 3, 3, 0])).toHaveLength(2);
});

test("gives back only what no sequence uses", () => {
  const pool = new TinyPool();
  const tree = new PrefixTree(pool);
  const blocks = written(pool, [1, 1, 1, 1, 2, 2, 2, 2]);
  tree.insert([1, 1, 1, 1, 2, 2, 2, 2], blocks);
  add(tree, pool, [5, 5, 5, 5]);
  expect(tree.evict(10)).toBe(1);
  expect(pool.used).toBe(2);
  for (const block of blocks) pool.release(block);
  expect(tree.evict(10)).toBe(2);
  expect(pool.used).toBe(0);
});

test("whoever needs records finds only blocks that have them, and adds those it made itself", () => {
  const pool = new TinyPool();
  const tree = new PrefixTree(pool);
  const tokens = [1, 1, 1, 1, 2, 2, 2, 2];
  const record = (from: number, to: number) => ({ experts: { data: Int32Array.of(from, to), layers: 1, k: 1 } });
  const blocks = written(pool, tokens);
  tree.insert(tokens, blocks);
  expect(tree.match([...tokens, 3])).toHaveLength(2);
  expect(tree.match([...tokens, 3], { experts: true })).toHaveLength(0);
  tree.insert(tokens.slice(0, 4), blocks, record);
  const found = tree.match([...tokens, 3], { experts: true });
  expect(found.map((known) => [...(known.record?.experts?.data ?? [])])).toEqual([[0, 4]]);
  expect(tree.match([...tokens, 3], { selection: true })).toHaveLength(0);
});

test.each([1, 4, 200])("a block takes no more of the heap than is counted: branches of %i blocks", (length) => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const pool = {
    blockSize: 16,
    used: 0,
    free: 0,
    usedBytes: 0,
    limitBytes: 0,
    retain() {},
    release() {},
    usersOf: () => 1,
  };
  const tree = new PrefixTree(pool, undefined, 1);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let branch = 0; tree.size < 10_000; branch++) {
    const tokens = Array.from({ length: 16 * length + 1 }, (_, i) => 100_000 + ((branch * 7919 + i * 31) % 29_000));
    tree.insert(
      tokens,
      Array.from({ length }, (_, i) => branch * length + i),
    );
  }
  collect();
  expect((process.memoryUsage().heapUsed - before) / tree.size).toBeLessThan(NODE_BYTES);
});
