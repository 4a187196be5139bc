/** The documents of a directory: each text file is one, each line of a JSON Lines file is one. */

import { open, readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { readLines } from "@cachalot/files";
import * as z from "zod";
import { AgentError } from "../errors.js";

/** Where a document lies. */
export interface DocumentPlace {
  id: string;
  title: string;
  /** Relative to the corpus. */
  path: string;
  /** Bytes of a JSON line; undefined for a whole file. */
  range?: [start: number, end: number];
}

const TEXT = new Set([".txt", ".md", ".markdown", ".rst", ".html"]);
const LINES = new Set([".jsonl", ".ndjson"]);

const record = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  title: z.string().optional(),
  text: z.string(),
});

/** A file of a corpus, with what changes when it does. */
export interface CorpusFile {
  /** Relative to the corpus. */
  path: string;
  size: number;
  mtimeMs: number;
}

/** Files of a corpus, in order; `only` the one of that name, where it is given. Links are not followed. */
export async function corpusFiles(directory: string, only?: string): Promise<CorpusFile[]> {
  const entries = await readdir(directory, { recursive: only === undefined, withFileTypes: true }).catch(
    (error: Error) => {
      throw new AgentError(
        "corpus",
        `Cannot read the corpus ${directory}: ${error.message}; name a directory of text files`,
      );
    },
  );
  const paths = entries
    .filter(
      (entry) =>
        entry.isFile() &&
        (only ?? entry.name) === entry.name &&
        [TEXT, LINES].some((kinds) => kinds.has(extname(entry.name))),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        !path
          .slice(directory.length)
          .split("/")
          .some((part) => part.startsWith(".")),
    )
    .sort();
  if (paths.length === 0) {
    throw new AgentError("corpus", `There is no document in ${directory}; put .txt, .md, .html or .jsonl files there`);
  }
  return Promise.all(
    paths.map(async (path) => {
      const { size, mtimeMs } = await stat(path);
      return { path: path.slice(directory.length).replace(/^\//, ""), size, mtimeMs };
    }),
  );
}

/** Every document of a file with its text. @throws AgentError `corpus` for a line that is no document */
export async function* readDocuments(
  directory: string,
  path: string,
): AsyncGenerator<DocumentPlace & { text: string }> {
  const file = join(directory, path);
  if (TEXT.has(extname(path))) {
    const text = await readFile(file, "utf8");
    yield { id: path, title: titleOf(text) ?? basename(path, extname(path)), path, text };
    return;
  }
  for await (const { number, range, text: line } of readLines(file)) {
    if (line === undefined)
      throw new AgentError("corpus", `${path}:${number} is too long for a document; split it into several`);
    if (line.trim() === "") continue;
    const { id, title, text } = parseLine(line, `${path}:${number}`);
    yield {
      // Half a surrogate pair cannot be kept on disk.
      id: `${id ?? `${path}:${number}`}`.toWellFormed(),
      title: title?.toWellFormed() ?? titleOf(text) ?? `${path}:${number}`,
      path,
      range,
      text,
    };
  }
}

function parseLine(line: string, where: string): z.output<typeof record> {
  try {
    return record.parse(JSON.parse(line));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new AgentError("corpus", `${where} is no document: ${reason}; write {"id", "title", "text"} on each line`);
  }
}

/** The text of one document. */
export async function readDocument(directory: string, { path, range }: DocumentPlace): Promise<string> {
  const file = join(directory, path);
  if (range === undefined) return readFile(file, "utf8");
  const handle = await open(file);
  try {
    const [start, end] = range;
    const { buffer } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    return parseLine(buffer.toString(), path).text;
  } finally {
    await handle.close();
  }
}

/** The first heading or line, where it is short enough for a title. */
function titleOf(text: string): string | undefined {
  const [, html] = /<title[^>]*>([^<]*)<\/title>/i.exec(text) ?? [];
  const line = html ?? text.trimStart().split("\n", 1)[0] ?? "";
  const title = line.replace(/^#+\s*/, "").trim();
  return title !== "" && title.length <= 120 ? title : undefined;
}
