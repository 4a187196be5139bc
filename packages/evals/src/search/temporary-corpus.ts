/** A corpus of this process: written once for what it is made of, and removed when the process ends. */

import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WorldPage } from "./generated-world.js";

const made = new Map<string, Promise<string>>();

/** @param key of what the pages are made of. @returns the path of a file of JSON lines */
export function temporaryCorpus(key: string, pages: () => readonly WorldPage[]): Promise<string> {
  const before = made.get(key);
  if (before) return before;
  const path = writePages(pages());
  made.set(key, path);
  return path;
}

async function writePages(pages: readonly WorldPage[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "cachalot-pages-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "pages.jsonl");
  await writeFile(file, pages.map((page) => `${JSON.stringify(page)}\n`).join(""));
  return file;
}
