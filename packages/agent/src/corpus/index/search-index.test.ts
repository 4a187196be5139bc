import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import MiniSearch from "minisearch";
import { afterAll, beforeAll, expect, test } from "vitest";
import { IndexBuilder } from "./index-builder.js";
import { openIndexFile, writeIndexFile } from "./index-file.js";
import { ByteWriter, readPostings, writePostings } from "./postings.js";
import { searchIndexOf } from "./search-index.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-index-"));
});
afterAll(() => rm(dir, { recursive: true }));

interface Document {
  title: string;
  text: string;
}

async function indexOf(documents: readonly Document[], path = join(dir, "index.bin")) {
  const builder = new IndexBuilder();
  for (const document of documents) builder.add(document);
  const places = documents.map(({ title }, i) => ({
    id: `d${i}`,
    title,
    path: "all.jsonl",
    range: [i, i + 1] as [number, number],
  }));
  await writeIndexFile(path, "f", builder.finish(), places);
  return (await openIndexFile(path, "f"))!;
}

const words = fc
  .array(fc.constantFrom("whale", "Whale", "SQUID", "sea", "østers", "a-b", "'", "日本", "x1"), { maxLength: 12 })
  .map((words) => words.join(" "));

test("scores, words and order are those of MiniSearch's BM25+, but for the order of equals", async () => {
  const documents = fc.array(fc.record({ title: words, text: words }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(documents, words, fc.integer({ min: 1, max: 25 }), async (documents, query, limit) => {
      const peer = new MiniSearch({ fields: ["title", "text"], searchOptions: { boost: { title: 2 } } });
      peer.addAll(documents.map((document, id) => ({ id, ...document })));
      const expected = peer.search(query);
      const index = searchIndexOf(await indexOf(documents));
      const found = await index.search(query, limit);
      await index.close();
      expect(found).toHaveLength(Math.min(limit, expected.length));
      for (const [i, { document, score, words }] of found.entries()) {
        const same = expected.find(({ id }) => id === document)!;
        expect(score).toBeCloseTo(same.score, 9);
        expect(score).toBeCloseTo(expected[i]!.score, 9);
        expect(words.sort()).toEqual(same.terms.sort());
      }
    }),
    { seed: 1, numRuns: 150 },
  );
});

test("equals stand in the order of the corpus, and each id finds its document", async () => {
  const documents = Array.from({ length: 300 }, (_, i) => ({ title: `Page ${i}`, text: "the same words" }));
  const index = searchIndexOf(await indexOf(documents));
  expect((await index.search("words", 4)).map(({ document }) => document)).toEqual([0, 1, 2, 3]);
  expect(documents.map((_, i) => index.find(`d${i}`))).toEqual(documents.map((_, i) => i));
  expect(index.find("d300")).toBeUndefined();
  expect(index.place(7)).toEqual({ id: "d7", title: "Page 7", path: "all.jsonl", range: [7, 8] });
  await index.close();
});

test("posting lists come back as they were written", () => {
  const list = fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 31 }), { maxLength: 20 });
  fc.assert(
    fc.property(list, fc.integer({ min: 1, max: 2 ** 32 - 1 }), (documents, frequency) => {
      const rising = Uint32Array.from(documents).sort();
      const frequencies = rising.map(() => frequency);
      const out = new ByteWriter();
      writePostings(out, rising, frequencies);
      expect(readPostings(out.written(), 1, 2 ** 32)).toEqual([{ documents: rising, frequencies }]);
    }),
    { seed: 1 },
  );
});

test("an index is not opened when it is cut, altered in its head, or of other documents", async () => {
  const path = join(dir, "damaged.bin");
  await (await indexOf([{ title: "Whale", text: "dives deep" }], path)).close();
  const whole = await readFile(path);
  expect(await openIndexFile(path, "other")).toBeUndefined();
  const postingBytes = /"postingBytes":(\d+)/.exec(whole.toString("latin1"))![1];
  const headEnd = whole.length - Math.ceil(Number(postingBytes) / 8) * 8;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
      await writeFile(path, whole.subarray(0, length));
      expect(await openIndexFile(path, "f")).toBeUndefined();
    }),
    { seed: 1, numRuns: 40 },
  );
  await writeFile(path, whole);
  const file = await open(path, "r+");
  await file.write(Buffer.from([whole[headEnd - 16]! ^ 1]), 0, 1, headEnd - 16);
  await file.close();
  expect(await openIndexFile(path, "f")).toBeUndefined();
});

test("postings that are damaged give an error that says what to do", async () => {
  const path = join(dir, "postings.bin");
  await (await indexOf([{ title: "Whale", text: "dives deep" }], path)).close();
  const bytes = await readFile(path);
  bytes.fill(0xff, bytes.length - 16);
  await writeFile(path, bytes);
  const index = searchIndexOf((await openIndexFile(path, "f"))!);
  await expect(index.search("whale dives deep", 3)).rejects.toThrow("index is damaged");
  await index.close();
});
