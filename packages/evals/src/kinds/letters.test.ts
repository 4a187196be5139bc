import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { letterAnswer } from "../answer/letter.js";
import type { Item } from "../benchmark.js";
import { benchmarkNamed } from "../benchmarks/index.js";
import { selfTest } from "../self-test/self-test.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-letters-"));
});
afterAll(() => rm(dir, { recursive: true }));

test.each([
  ["Answer: C", "C"],
  ["So the answer is (b).", "B"],
  ["A long way.\n\n**D**", "D"],
  ["$\\boxed{\\text{A}}$", "A"],
  ["The correct option is B, not A.", "B"],
  ["A first thought is that Bohr was right.", undefined],
  ["The answer is a matter of taste.", undefined],
  ["Answer: Z", undefined],
  ["A or B or C", undefined],
])("the letter of %j is %s", (text, letter) => {
  expect(letterAnswer(text, 4)).toBe(letter);
});

async function itemsOf(name: string, file: string, text: string, seed = 0): Promise<Item[]> {
  const data = join(dir, file);
  await writeFile(data, text);
  const items: Item[] = [];
  for await (const item of benchmarkNamed(name).items({ data, seed, limit: 100 })) items.push(item);
  return items;
}

const CSV =
  "Record ID,Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2,Incorrect Answer 3\n" +
  Array.from({ length: 24 }, (_, i) => `r${i},"What, of ${i}?",right ${i},x,y,z\n`).join("");

test("GPQA's options come in an order of the seed, and the gold letter follows its option", async () => {
  const items = await itemsOf("gpqa", "gpqa.csv", CSV);
  for (const [i, { messages, gold }] of items.entries())
    expect(messages[0]!.content).toContain(`\n${gold}. right ${i}\n`.replace(/\n$/, ""));
  expect(new Set(items.map(({ gold }) => gold)).size).toBe(4);
  const again = await itemsOf("gpqa", "gpqa.csv", CSV);
  const other = await itemsOf("gpqa", "gpqa.csv", CSV, 1);
  expect(again).toEqual(items);
  expect(other.map(({ gold }) => gold)).not.toEqual(items.map(({ gold }) => gold));
});

test("the graders of letters pass their self-test", async () => {
  const items = await itemsOf("gpqa", "gpqa.csv", CSV);
  const cases = await selfTest(benchmarkNamed("gpqa"), items.slice(0, 6));
  expect(cases.filter(({ failures }) => failures.length > 0)).toEqual([]);
});

test.each([
  ['{"question": "q", "options": ["a", "b"], "answer": "C"}', /:1: answer is none of its 2 options' letters/],
  ['{"question": "q", "options": "a", "answer": "A"}', /:1: options is "a"; expected/],
  ['{"question": "q", "options": ["a", "b"]}', /:1: answer is missing/],
])("a row of MMLU-Pro that does not fit names line and field: %s", async (row, message) => {
  await expect(itemsOf("mmlu-pro", "bad.jsonl", row)).rejects.toThrow(message);
});
