import fc from "fast-check";
import { expect, test } from "vitest";
import { type HostStorage, StoragePool } from "./storage.js";

const MEBIBYTE = 2 ** 20;

test("what is held, in use and idle, stays near the most that was ever in use, whatever sizes come", () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 24 * MEBIBYTE })), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (calls) => {
      const pool = new StoragePool();
      const held: HostStorage[] = [];
      let peak = 0;
      for (const [take, bytes] of calls) {
        if (take) held.push(pool.acquire(bytes));
        else held.splice(bytes % Math.max(held.length, 1), 1)[0]?.release();
        peak = Math.max(peak, pool.liveBytes);
        expect(pool.liveBytes + pool.idleBytes).toBeLessThanOrEqual(peak + 4 * MEBIBYTE);
      }
      for (const storage of held) storage.release();
      expect(pool.liveBytes).toBe(0);
      expect(pool.liveBuffers).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test("buffers outgrown one after the other are given back, at once", () => {
  const pool = new StoragePool();
  let current = pool.acquire(MEBIBYTE);
  const buffers = [current.block.buffer];
  for (let size = 2; size <= 128; size *= 2) {
    const next = pool.acquire(size * MEBIBYTE);
    current.release();
    current = next;
    buffers.push(current.block.buffer);
  }
  expect(pool.liveBytes).toBe(128 * MEBIBYTE);
  expect(pool.idleBytes).toBeLessThanOrEqual((64 + 4) * MEBIBYTE);
  // A freed buffer is detached: it has no bytes any more.
  const held = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(held).toBe(pool.liveBytes + pool.idleBytes);
});

test("calls of one kind allocate nothing once they have run, though others of other sizes come between", () => {
  const pool = new StoragePool();
  const call = (sizes: readonly number[]) => {
    const buffers = sizes.map((size) => pool.acquire(size));
    for (const buffer of buffers) buffer.release();
    return buffers.map(({ block }) => block);
  };
  const sizes = [3 * MEBIBYTE, 5 * MEBIBYTE, 700];
  const first = call(sizes);
  call([900, MEBIBYTE]);
  expect(call(sizes)).toEqual(first);
});

test("steps of phases with sizes of their own allocate nothing once they have run, where a pool may keep so much", () => {
  const phases = [3, 5, 7, 9].map((size) => Array.from({ length: Math.floor(18 / size) }, () => size * MEBIBYTE));
  const fresh = (pool: StoragePool) => {
    const seen = new Set<object>();
    const step = () => {
      let count = 0;
      for (const sizes of phases) {
        const buffers = sizes.map((size) => pool.acquire(size));
        for (const { block } of buffers) if (!seen.has(block)) count++;
        for (const buffer of buffers) {
          seen.add(buffer.block);
          buffer.release();
        }
      }
      return count;
    };
    step();
    return step();
  };
  const keeping = new StoragePool();
  keeping.keepIdle(256 * MEBIBYTE);
  expect(fresh(keeping)).toBe(0);
  expect(fresh(new StoragePool())).toBeGreaterThan(0);
});
