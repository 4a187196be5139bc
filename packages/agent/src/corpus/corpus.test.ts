import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeAtomic } from "@cachalot/files";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { searchTools } from "../tools/search.js";
import { type Corpus, openCorpus as open, paginate } from "./corpus.js";

let dir: string;
const opened: Corpus[] = [];
async function openCorpus(...args: Parameters<typeof open>): Promise<Corpus> {
  const corpus = await open(...args);
  opened.push(corpus);
  return corpus;
}
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-corpus-"));
  await mkdir(join(dir, "sea"));
  await writeFile(
    join(dir, "sea", "whale.md"),
    `# Sperm whales\n\nThey dive deep. ${"Water. ".repeat(1500)}\nSquid is prey.\n`,
  );
  await writeFile(join(dir, "bees.txt"), "Bees\nA queen lives for years; a worker lives for weeks.\n");
  const rows = [
    { id: "oslo", title: "Oslo", text: "The capital of Norway. Østbanen was its station." },
    { text: "A row without a name, about squid." },
  ];
  await writeFile(join(dir, "cities.jsonl"), `${rows.map((row) => JSON.stringify(row)).join("\n")}\n\n`);
});
afterEach(async () => {
  for (const corpus of opened.splice(0)) await corpus.close();
  await rm(dir, { recursive: true });
});

test("one file is a corpus of its own, whatever lies beside it", async () => {
  const corpus = await openCorpus(join(dir, "cities.jsonl"));
  expect(corpus.size).toBe(2);
  expect(await corpus.search("bees")).toEqual([]);
  expect((await (await openCorpus(dir)).search("bees"))[0]!.id).toBe("bees.txt");
});

test("finds, opens and searches within documents of every kind", async () => {
  const corpus = await openCorpus(dir);
  expect(corpus.size).toBe(4);
  const hits = await corpus.search("squid prey");
  expect(hits.map(({ id }) => id)).toEqual(["sea/whale.md", "cities.jsonl:2"]);
  expect(hits[0]).toMatchObject({ title: "Sperm whales", snippet: expect.stringContaining("Squid is prey.") });
  expect(await corpus.search("norway")).toMatchObject([{ id: "oslo", snippet: expect.stringContaining("Østbanen") }]);
  expect(await corpus.open("oslo")).toMatchObject({
    page: 1,
    pages: 1,
    text: "The capital of Norway. Østbanen was its station.",
  });
  expect(await corpus.open("sea/whale.md", 2)).toMatchObject({ page: 2, pages: 2 });
  expect(await corpus.find("sea/whale.md", "SQUID is")).toMatchObject([{ page: 2 }]);
  expect(await corpus.find("bees.txt", "wasp")).toEqual([]);
  expect(await corpus.search("zebra")).toEqual([]);
});

test("the index is kept, and made anew when a file changes or the index is damaged", async () => {
  const indexFile = join(dir, ".cachalot", "index.bin");
  await openCorpus(dir);
  const { mtimeMs } = await stat(indexFile);
  expect((await (await openCorpus(dir)).search("bees"))[0]!.id).toBe("bees.txt");
  expect((await stat(indexFile)).mtimeMs).toBe(mtimeMs);
  await writeFile(join(dir, "wasps.txt"), "Wasps sting.");
  expect(await (await openCorpus(dir)).search("wasps")).toHaveLength(1);
  await writeFile(indexFile, (await readFile(indexFile)).subarray(0, 300));
  expect(await (await openCorpus(dir)).search("wasps")).toHaveLength(1);
});

test("processes that open a corpus at the same time all get it", async () => {
  const opening = Array.from({ length: 6 }, async (_, i) => {
    // The same documents, written anew while others make their index.
    if (i % 2 === 1)
      await writeAtomic(join(dir, "bees.txt"), `Bees\nA queen lives for years; ${"worker ".repeat(i)}\n`);
    return openCorpus(dir);
  });
  for (const corpus of await Promise.all(opening)) expect(await corpus.search("queen")).toHaveLength(1);
});

test("links out of the corpus are not followed", async () => {
  await symlink("/etc", join(dir, "etc"));
  await symlink("/etc/hostname", join(dir, "host.txt"));
  expect((await openCorpus(dir)).size).toBe(4);
});

test("lines end in LF or CR LF, and nothing else ends them", async () => {
  const line = '{"id": "two", "title": "Two", "text": "lines\u2028in one document"}';
  await writeFile(
    join(dir, "windows.jsonl"),
    `{"id": "one", "text": "first line"}\r\n${line}\r\n{"id": "3", "text": "third"}`,
  );
  const corpus = await openCorpus(dir);
  expect((await corpus.open("two")).text).toBe("lines\u2028in one document");
  expect((await corpus.open("3")).text).toBe("third");
  expect((await corpus.search("document"))[0]).toMatchObject({ id: "two" });
});

test("half a surrogate pair in one document costs the others nothing", async () => {
  const lines = ['{"id": "\\ud800", "text": "half \\ud800x"}', '{"id": "\\ue000", "text": "whole \\ue000y"}'];
  await writeFile(join(dir, "odd.jsonl"), lines.join("\n"));
  const corpus = await openCorpus(dir);
  expect((await corpus.open("\ue000")).text).toBe("whole \ue000y");
  expect(await corpus.search("\ue000y")).toHaveLength(1);
  expect(await corpus.search("half \ud800x")).toMatchObject([{ id: "\ufffd" }]);
});

test("a closed corpus says so", async () => {
  const corpus = await openCorpus(dir);
  await corpus.close();
  await expect(corpus.search("bees")).rejects.toThrow("open the corpus again");
});

test("an index that cannot be kept is a clear error", async () => {
  const indexFile = join(dir, "bees.txt", "index.bin");
  await expect(openCorpus(dir, { indexFile })).rejects.toThrow("Cannot keep the index");
});

const withLine = async (line: string) => {
  await writeFile(join(dir, "x.jsonl"), line);
  return openCorpus(dir);
};

test.each([
  ["no directory", async () => openCorpus(join(dir, "nowhere")), "Cannot read the corpus"],
  ["an empty one", async () => openCorpus(await mkdtemp(join(dir, "none-"))), "There is no document"],
  ["a bad line", async () => withLine('{"text": 3}'), "x.jsonl:1 is no document"],
  ["an id twice", async () => withLine('{"id": "oslo", "text": ""}'), "The id oslo is in cities.jsonl and in x.jsonl"],
  ["no such id", async () => (await openCorpus(dir)).open("paris"), "There is no document paris"],
  ["a path as id", async () => (await openCorpus(dir)).open("../../etc/passwd"), "There is no document"],
  ["no such page", async () => (await openCorpus(dir)).open("oslo", 2), "oslo has no page 2; it has 1"],
])("%s: a clear error", async (_, action, message) => {
  await expect(action()).rejects.toThrow(message);
});

test("pages together are the text, none much longer than asked", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), fc.integer({ min: 1, max: 60 }), (text, size) => {
      const pages = paginate(text, size);
      expect(pages.join("")).toBe(text);
      expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(size + 1);
    }),
    { seed: 1 },
  );
});

test("the tools' results read well", async () => {
  const [search, open, find] = searchTools(await openCorpus(dir));
  const context = { signal: new AbortController().signal, callId: "c", idempotencyKey: "k" };
  expect(await search!.execute({ query: "queen" }, context)).toBe(
    "1. [bees.txt] Bees\n   Bees A queen lives for years; a worker lives for weeks.",
  );
  expect(await search!.execute({ query: "zebra" }, context)).toBe("No document has any of these words.");
  expect(await open!.execute({ id: "bees.txt" }, context)).toMatch(/^\[bees.txt\] Bees, page 1 of 1\n\nBees\nA queen/);
  expect(await find!.execute({ id: "bees.txt", pattern: "worker" }, context)).toMatch(/^page 1: .*worker lives/s);
  await expect(async () => open!.execute({ id: "bees.txt", page: 0 }, context)).rejects.toThrow("page");
});
