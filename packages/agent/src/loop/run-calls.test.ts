import fc from "fast-check";
import { expect, test } from "vitest";
import { inOrder } from "./run-calls.js";

test("results come in order; a task that is not concurrent is alone; never more than the limit at once", async () => {
  const task = fc.record({ concurrent: fc.boolean(), ticks: fc.nat(6) });
  await fc.assert(
    fc.asyncProperty(fc.array(task, { maxLength: 9 }), fc.integer({ min: 1, max: 4 }), async (tasks, limit) => {
      const running = new Set<number>();
      const finished = new Set<number>();
      let most = 0;
      const runs = tasks.map(({ concurrent, ticks }, index) => ({
        concurrent,
        async run() {
          running.add(index);
          most = Math.max(most, running.size);
          for (const other of running) if (other !== index) expect(concurrent && tasks[other]!.concurrent).toBe(true);
          if (!concurrent) for (let before = 0; before < index; before++) expect(finished).toContain(before);
          for (let i = 0; i < ticks; i++) await Promise.resolve();
          running.delete(index);
          finished.add(index);
          return index;
        },
      }));
      const results: number[] = [];
      for await (const result of inOrder(runs, limit)) results.push(result);
      expect(results).toEqual(tasks.map((_, i) => i));
      expect(most).toBeLessThanOrEqual(limit);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("concurrent tasks do run side by side", async () => {
  const { promise, resolve } = { ...deferred() };
  const waits = { concurrent: true, run: () => promise };
  const frees = { concurrent: true, run: async () => resolve("freed") };
  const results: unknown[] = [];
  for await (const result of inOrder<unknown>([waits, frees], 2)) results.push(result);
  expect(results).toEqual(["freed", undefined]);
});

function deferred(): { promise: Promise<string>; resolve(value: string): void } {
  let resolve: (value: string) => void = () => {};
  const promise = new Promise<string>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

test("a task that throws ends it with its error, and no other error goes unhandled", async () => {
  const fails = { concurrent: true, run: () => Promise.reject(new Error("no")) };
  await expect(async () => {
    for await (const _ of inOrder([fails, fails, fails], 2));
  }).rejects.toThrow("no");
});
