import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Line, readLines } from "./read-lines.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-lines-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function linesOf(content: string | Buffer, options?: { maximumBytes: number }): Promise<Line[]> {
  const path = join(dir, "lines");
  await writeFile(path, content);
  const lines: Line[] = [];
  for await (const line of readLines(path, options)) lines.push(line);
  return lines;
}

test("lines are what stands between line feeds, and each range gives its line again", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 20 }).map((line) => line.replaceAll(/[\r\n\ufeff]/g, "\u2028"));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 8 }), fc.constantFrom("\n", "\r\n"), async (lines, end) => {
      const read = await linesOf(lines.map((line) => line + end).join(""));
      expect(read.map(({ text }) => text)).toEqual(lines);
      const bytes = await readFile(join(dir, "lines"));
      expect(read.map(({ range: [from, to] }) => bytes.toString("utf8", from, to))).toEqual(lines);
    }),
    { seed: 1, numRuns: 50 },
  );
});

test("a byte order mark is no part of the first line, and the last line needs no end", async () => {
  expect(await linesOf("\ufeff{}\nlast")).toEqual([
    { number: 1, range: [3, 5], text: "{}" },
    { number: 2, range: [6, 10], text: "last" },
  ]);
  expect(await linesOf("")).toEqual([]);
});

test("a line over the limit comes without its text, and the lines after it are whole", async () => {
  const path = join(dir, "long");
  const file = await open(path, "w");
  await file.write("first\n");
  for (let i = 0; i < 40; i++) await file.write(Buffer.alloc(1 << 20, "x"));
  await file.write("\nlast\n");
  await file.close();
  const lines: (string | undefined)[] = [];
  for await (const { text } of readLines(path, { maximumBytes: 1000 })) lines.push(text);
  expect(lines).toEqual(["first", undefined, "last"]);
  expect((await linesOf("1234\n123\n", { maximumBytes: 3 })).map(({ text }) => text)).toEqual([undefined, "123"]);
});
