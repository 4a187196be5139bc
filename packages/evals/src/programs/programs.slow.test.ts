import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { expect, test } from "vitest";
import type { Item } from "../benchmark.js";
import { benchmarkNamed } from "../benchmarks/index.js";
import { selfTest } from "../self-test/self-test.js";

const without = await sandboxUnavailableReason();

test.skipIf(without !== undefined).each(["humaneval", "mbpp"])(
  "%s: gold passes, and no program gets away with leaving, lying, running on or taking all memory",
  async (name) => {
    const items: Item[] = [];
    for await (const item of benchmarkNamed(name).items({ seed: 0, limit: 1 })) if (items.push(item) >= 1) break;
    const cases = await selfTest(benchmarkNamed(name), items);
    expect(cases.length).toBeGreaterThan(15);
    expect(cases.filter(({ failures }) => failures.length > 0)).toEqual([]);
  },
  600_000,
);
