import { expect, test } from "vitest";
import type { Item } from "../benchmark.js";
import { selfTest } from "../self-test/self-test.js";
import { BENCHMARKS, benchmarkNamed } from "./index.js";

/** Programs run in the sandbox: see programs.slow.test.ts. */
const PROGRAMS = ["humaneval", "mbpp"];
const bundled = BENCHMARKS.filter(
  ({ name, source, needsJudge }) => source.bundled && !PROGRAMS.includes(name) && !needsJudge,
);

async function itemsOf(name: string, limit: number): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of benchmarkNamed(name).items({ seed: 0, limit })) if (items.push(item) >= limit) break;
  return items;
}

test("benchmarks have different names, and an unknown one lists them", () => {
  const names = BENCHMARKS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(() => benchmarkNamed("gsm9k")).toThrow(/no benchmark "gsm9k"; there are gsm8k, math-500/);
});

test.each(bundled.map(({ name }) => name))(
  "%s: gold is right, spoilt gold is not, what is cut off is not measured",
  async (name) => {
    const cases = await selfTest(benchmarkNamed(name), await itemsOf(name, 3));
    expect(cases.flatMap(({ name, failures }) => failures.map((failure) => ({ name, ...failure })))).toEqual([]);
  },
);

test.each(BENCHMARKS.filter(({ source }) => !source.bundled).map(({ name }) => name))(
  "%s is not bundled: its message says where to get it and what is expected",
  async (name) => {
    await expect(itemsOf(name, 1)).rejects.toThrow(/is not bundled.*pass --data FILE; a row is/);
  },
);

test.each([
  ["gsm8k", 1319],
  ["math-500", 500],
  ["imo-answerbench", 400],
  ["humaneval", 164],
  ["mbpp", 500],
  ["bfcl-simple", 400],
  ["bfcl-parallel-multiple", 200],
])("%s has all its problems, each with its own id", async (name, count) => {
  const items = await itemsOf(name, 10_000);
  expect(items.length).toBe(count);
  expect(new Set(items.map(({ id }) => id)).size).toBe(count);
  expect(items.every(({ gold }) => gold.trim() !== "")).toBe(true);
});
