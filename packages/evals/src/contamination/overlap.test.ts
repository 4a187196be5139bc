import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Item } from "../benchmark.js";
import { findOverlap } from "./overlap.js";

const item = (id: string, content: string): Item => ({
  id,
  messages: [{ role: "user", content }],
  gold: "",
  data: null,
});
async function* texts(...all: string[]) {
  for (const [i, text] of all.entries()) yield { where: `file:${i + 1}`, text };
}
const words = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `word${from + i}`).join(" ");

test("thirteen words in a row are found, however they are written; twelve are not", async () => {
  const items = [item("a", words(0, 30)), item("b", words(100, 130)), item("short", "What is 1 + 1?")];
  const { overlaps, skipped } = await findOverlap(
    items,
    texts("nothing", words(5, 18).toUpperCase().replaceAll(" ", ", "), words(100, 112)),
  );
  expect(overlaps).toEqual([{ item: "a", share: 1 / 18, words: words(5, 18), where: "file:2" }]);
  expect(skipped).toBe(1);
});

test("a short problem is looked for whole", async () => {
  const items = [item("a", words(0, 9))];
  expect((await findOverlap(items, texts(`before ${words(0, 9)} after`))).overlaps).toMatchObject([
    { item: "a", share: 1 },
  ]);
  expect((await findOverlap(items, texts(words(0, 8)))).overlaps).toEqual([]);
});

const id = fc.uuid();
const suite = fc.constantFrom(
  "BIG-bench canary GUID",
  "cachalot canary GUID",
  "ARC-AGI-BENCHMARK CANARY GUID:",
  "harbor-canary GUID",
);

test("canaries of any set of tasks are found where they stand first; ids without the word are not", async () => {
  await fc.assert(
    fc.asyncProperty(id, id, suite, async (planted, plain, words) => {
      fc.pre(planted !== plain);
      const lines = [`request ${plain}`, `Data, not text. ${words} ${planted}.`, `${words} ${planted.toUpperCase()}`];
      const { canaries } = await findOverlap([], texts(...lines));
      expect(canaries.map(({ id, where }) => ({ id, where }))).toEqual([{ id: planted, where: "file:2" }]);
      expect(canaries[0]!.words).toContain(words.replace(":", ""));
    }),
  );
});

test("an n-gram does not cross from one text to the next", async () => {
  expect((await findOverlap([item("a", words(0, 13))], texts(words(0, 7), words(7, 13)))).overlaps).toEqual([]);
});
