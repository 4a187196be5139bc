import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Item } from "../benchmark.js";
import { selfTest } from "../self-test/self-test.js";
import { livecodebench } from "./livecodebench.js";

const without = await sandboxUnavailableReason();
const PACKED =
  "eJxrYJnayAABPbXR1UqZeQWlJUpWCkpGMXnGCiYxeUo6Ckr5pSVQUXOIQElqcUlJZUEqSKi4JCUzT6lWRwFJs2FMnq6hnqkBunaQIA79sVP0ANVrKKU=";

const sum = {
  question_id: "sum",
  question_content: "Add up the numbers of the second line.",
  starter_code: "",
  public_test_cases: JSON.stringify([{ input: "1\n5\n", output: "5\n", testtype: "stdin" }]),
  private_test_cases: PACKED,
  metadata: "{}",
  solution: "input()\nprint(sum(map(float, input().split())))",
};
const add = {
  question_id: "add",
  question_content: "Add two numbers.",
  starter_code: "class Solution:\n    def add(self, a: int, b: int) -> int:\n        ",
  public_test_cases: [{ input: "1\n2", output: "3", testtype: "functional" }],
  private_test_cases: "",
  metadata: JSON.stringify({ func_name: "add" }),
  solution: "class Solution:\n    def add(self, a: int, b: int) -> int:\n        return a + b",
};

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-livecodebench-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function itemsOf(rows: readonly object[]): Promise<Item<never>[]> {
  const data = join(dir, "rows.jsonl");
  await writeFile(data, rows.map((row) => JSON.stringify(row)).join("\n"));
  const items: Item<never>[] = [];
  for await (const item of livecodebench.items({ data, seed: 0, limit: 10 })) items.push(item as Item<never>);
  return items;
}

test.skipIf(without !== undefined)(
  "gold passes by input and by function; what lies, runs on or floods does not",
  async () => {
    const cases = await selfTest(livecodebench, await itemsOf([sum, add]));
    expect(cases.length).toBeGreaterThan(8);
    expect(cases.filter(({ failures }) => failures.length > 0)).toEqual([]);
  },
  600_000,
);

test("a row that does not fit is refused with its line and field", async () => {
  await expect(itemsOf([sum, { ...add, metadata: "{}" }])).rejects.toThrow(/rows.jsonl:2: its tests call a function/);
  await expect(itemsOf([{ ...sum, private_test_cases: "bm8=" }])).rejects.toThrow(/private_test_cases is neither JSON/);
  await expect(itemsOf([{ ...sum, public_test_cases: "[1]" }])).rejects.toThrow(/public_test_cases is no list/);
});
