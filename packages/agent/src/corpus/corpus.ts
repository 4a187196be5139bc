import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { AgentError } from "../errors.js";
import { type CorpusFile, corpusFiles, type DocumentPlace, readDocument, readDocuments } from "./documents.js";
import { IndexBuilder } from "./index/index-builder.js";
import { openIndexFile, writeIndexFile } from "./index/index-file.js";
import { type SearchIndex, searchIndexOf } from "./index/search-index.js";
import { snippet } from "./snippet.js";

export interface SearchHit {
  id: string;
  title: string;
  /** The part of the text with most of the query's words. */
  snippet: string;
  /** BM25+; comparable within one search. */
  score: number;
}

export interface OpenedPage {
  id: string;
  title: string;
  /** From 1. */
  page: number;
  pages: number;
  text: string;
}

export interface Passage {
  page: number;
  /** The match with a little of what is around it. */
  text: string;
}

/** A directory of documents, searchable. */
export interface Corpus {
  /** Number of documents. */
  readonly size: number;
  search(query: string, options?: { limit?: number }): Promise<SearchHit[]>;
  /** @throws AgentError `corpus` when there is no such document or page */
  open(id: string, page?: number): Promise<OpenedPage>;
  /** Places where `pattern` stands, upper and lower case alike. @throws AgentError `corpus` when there is no such document */
  find(id: string, pattern: string): Promise<Passage[]>;
  /** Closes the index file. */
  close(): Promise<void>;
}

export interface CorpusOptions {
  /** Where the index is kept between runs. Default: `.cachalot/index.bin` in the corpus, `.cachalot/FILE.index.bin` beside one file. */
  indexFile?: string;
  /** Characters of a page, about. Default 6000. */
  pageCharacters?: number;
}

const MAX_PASSAGES = 20;

/**
 * Opens a corpus: text files (.txt, .md, .html) and JSON Lines of `{id, title, text}`, in a directory, or one such file. The
 * index is made at first, and again when a file has changed; its posting lists stay on disk.
 *
 * @throws AgentError `corpus` for a directory without documents, a line that is none, or an id that occurs twice
 */
export async function openCorpus(path: string, options: CorpusOptions = {}): Promise<Corpus> {
  const given = resolve(path);
  const only = (await stat(given).catch(() => undefined))?.isFile() ? basename(given) : undefined;
  const root = only === undefined ? given : dirname(given);
  const kept = join(root, ".cachalot", only === undefined ? "index.bin" : `${only}.index.bin`);
  const { indexFile = kept, pageCharacters = 6000 } = options;
  const index = await openIndex(root, only, indexFile);

  function placeOf(id: string): DocumentPlace {
    const document = index.find(id);
    if (document === undefined) throw new AgentError("corpus", `There is no document ${id}; take an id from a search`);
    return index.place(document);
  }
  const pagesOf = async (place: DocumentPlace) => paginate(await readDocument(root, place), pageCharacters);

  return {
    size: index.size,
    async search(query, { limit = 10 } = {}) {
      return Promise.all(
        (await index.search(query, limit)).map(async ({ document, score, words }) => {
          const place = index.place(document);
          const { id, title } = place;
          return { id, title, snippet: snippet(await readDocument(root, place), words), score };
        }),
      );
    },
    async open(id, page = 1) {
      const place = placeOf(id);
      const pages = await pagesOf(place);
      const text = pages[page - 1];
      if (text === undefined)
        throw new AgentError("corpus", `${id} has no page ${page}; it has ${pages.length}, from 1`);
      return { id, title: place.title, page, pages: pages.length, text };
    },
    async find(id, pattern) {
      const wanted = pattern.toLowerCase();
      if (wanted === "") throw new AgentError("corpus", "The pattern is empty; give the words to look for");
      const passages: Passage[] = [];
      for (const [i, text] of (await pagesOf(placeOf(id))).entries()) {
        const lower = text.toLowerCase();
        for (let at = lower.indexOf(wanted); at >= 0 && passages.length < MAX_PASSAGES; ) {
          passages.push({ page: i + 1, text: text.slice(Math.max(0, at - 120), at + wanted.length + 120).trim() });
          at = lower.indexOf(wanted, at + wanted.length + 120);
        }
      }
      return passages;
    },
    close: () => index.close(),
  };
}

/** Documents may change, and other processes put an index of theirs in its place, while one is made. */
const ATTEMPTS = 3;

async function openIndex(root: string, only: string | undefined, indexFile: string): Promise<SearchIndex> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const files = await corpusFiles(root, only);
    const fingerprint = createHash("sha256")
      .update(JSON.stringify(["3", files]))
      .digest("hex");
    const kept = await openIndexFile(indexFile, fingerprint);
    if (kept) return searchIndexOf(kept);
    await buildIndex(root, files, indexFile, fingerprint);
    const built = await openIndexFile(indexFile, fingerprint);
    if (built) return searchIndexOf(built);
  }
  throw new AgentError("corpus", `The documents of ${root} change all the time; open the corpus when they are written`);
}

async function buildIndex(
  root: string,
  files: readonly CorpusFile[],
  indexFile: string,
  fingerprint: string,
): Promise<void> {
  const index = new IndexBuilder();
  const places: DocumentPlace[] = [];
  const seen = new Map<string, string>();
  for (const { path } of files) {
    for await (const { text, ...place } of readDocuments(root, path)) {
      const other = seen.get(place.id);
      if (other !== undefined) {
        throw new AgentError(
          "corpus",
          `The id ${place.id} is in ${other} and in ${path}; give each document one of its own`,
        );
      }
      seen.set(place.id, path);
      index.add({ title: place.title, text });
      places.push(place);
    }
  }
  await writeIndexFile(indexFile, fingerprint, index.finish(), places);
}

/** Pages of about `size` characters, cut at the last line end, else space, before that. Together they are the text. */
export function paginate(text: string, size: number): string[] {
  const pages: string[] = [];
  for (let start = 0; start < text.length || pages.length === 0; ) {
    let end = start + size;
    if (end < text.length) {
      const cut = Math.max(text.lastIndexOf("\n", end), text.lastIndexOf(" ", end));
      if (cut > start + size / 2) end = cut + 1;
    }
    pages.push(text.slice(start, end));
    start = end;
  }
  return pages;
}
