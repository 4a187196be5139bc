/** Documents of a domain that its agents search: a folder of JSON files, or a file of JSON lines. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { EvalsError } from "../errors.js";
import { temporaryCorpus } from "../search/temporary-corpus.js";
import { bytesOf } from "./files.js";

/** @returns the path of a corpus; undefined where there are none. @throws EvalsError `bad_data` */
export async function openLibrary(path: string): Promise<string | undefined> {
  const texts = await textsOf(path);
  if (texts.length === 0) return undefined;
  const pages = texts.map(({ where, text }) => pageOf(where, text));
  return temporaryCorpus(path, () => pages);
}

async function textsOf(path: string): Promise<{ where: string; text: string }[]> {
  const names = (await readdir(path).catch(() => [])).filter((name) => name.endsWith(".json")).sort();
  if (names.length > 0)
    return Promise.all(
      names.map(async (name) => ({
        where: join(path, name),
        text: ((await bytesOf(join(path, name))) ?? "").toString("utf8"),
      })),
    );
  const lines = await bytesOf(`${path}.jsonl`);
  return (lines?.toString("utf8").split("\n") ?? [])
    .map((text, i) => ({ where: `${path}.jsonl, line ${i + 1}`, text }))
    .filter(({ text }) => text.trim() !== "");
}

function pageOf(where: string, text: string) {
  try {
    const { id, title, content } = JSON.parse(text) as Record<string, unknown>;
    if (typeof id === "string" && typeof title === "string" && typeof content === "string")
      return { id, title, text: content };
  } catch {}
  throw new EvalsError("bad_data", `${where} is no document; expected {"id": "...", "title": "...", "content": "..."}`);
}
