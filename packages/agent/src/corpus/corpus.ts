import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { writeAtomic } from "@cachalot/files";
import MiniSearch from "minisearch";
import * as z from "zod";
import { AgentError } from "../errors.js";
import { corpusFiles, type DocumentPlace, readDocument, readDocuments } from "./documents.js";
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
}

export interface CorpusOptions {
  /** Where the index is kept between runs. Default: `.cachalot/index.json` in the corpus. */
  indexFile?: string;
  /** Characters of a page, about. Default 6000. */
  pageCharacters?: number;
}

const OPTIONS = { fields: ["title", "text"], idField: "key", searchOptions: { boost: { title: 2 } } };
const MAX_PASSAGES = 20;

const cached = z.object({
  fingerprint: z.string(),
  places: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      path: z.string(),
      range: z.tuple([z.number(), z.number()]).optional(),
    }),
  ),
  index: z.record(z.string(), z.unknown()),
});

/**
 * Opens a corpus: text files (.txt, .md, .html) and JSON Lines of `{id, title, text}`. The index is made at first, and
 * again when a file has changed.
 *
 * @throws AgentError `corpus` for a directory without documents, a line that is none, or an id that occurs twice
 */
export async function openCorpus(directory: string, options: CorpusOptions = {}): Promise<Corpus> {
  const root = resolve(directory);
  const { indexFile = join(root, ".cachalot", "index.json"), pageCharacters = 6000 } = options;
  const files = await corpusFiles(root);
  const fingerprint = createHash("sha256")
    .update(JSON.stringify(["2", files]))
    .digest("hex");
  const { places, index } = (await load(indexFile, fingerprint)) ?? (await build(root, files, indexFile, fingerprint));
  const byId = new Map(places.map((place) => [place.id, place]));

  function placeOf(id: string): DocumentPlace {
    const place = byId.get(id);
    if (place === undefined) throw new AgentError("corpus", `There is no document ${id}; take an id from a search`);
    return place;
  }
  const pagesOf = async (place: DocumentPlace) => paginate(await readDocument(root, place), pageCharacters);

  return {
    size: places.length,
    async search(query, { limit = 10 } = {}) {
      const hits = index.search(query).slice(0, limit);
      return Promise.all(
        hits.map(async ({ id: key, score, terms }) => {
          const place = places[key as number]!;
          const { id, title } = place;
          return { id, title, snippet: snippet(await readDocument(root, place), terms), score };
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
  };
}

interface Index {
  places: DocumentPlace[];
  index: MiniSearch;
}

async function load(file: string, fingerprint: string): Promise<Index | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const saved = cached.parse(JSON.parse(text));
    if (saved.fingerprint !== fingerprint) return undefined;
    return {
      places: saved.places as DocumentPlace[],
      index: MiniSearch.loadJSON(JSON.stringify(saved.index), OPTIONS),
    };
  } catch {
    return undefined;
  }
}

async function build(root: string, files: { path: string }[], indexFile: string, fingerprint: string): Promise<Index> {
  const index = new MiniSearch(OPTIONS);
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
      index.add({ key: places.length, title: place.title, text });
      places.push(place);
    }
  }
  await mkdir(dirname(indexFile), { recursive: true });
  await writeAtomic(indexFile, JSON.stringify({ fingerprint, places, index }));
  return { places, index };
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
