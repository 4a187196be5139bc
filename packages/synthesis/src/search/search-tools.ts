/** Search tools as scripted agents use them: what an agent's `search` and `open` give, with every call written down. */

import type { Corpus } from "@cachalot/agent";
import type { CorpusKind, ReadFact } from "./corpora/corpus-kind.js";

export interface SearchCall {
  tool: "search" | "open";
  arguments: { query: string; limit: number } | { id: string; page: number };
}

export interface Hit {
  id: string;
  title: string;
}

/** A document as it was opened, all pages. */
export interface ReadPage {
  id: string;
  title: string;
  text: string;
  pages: number;
  facts: readonly ReadFact[];
}

export interface SearchTools {
  readonly kind: CorpusKind;
  search(query: string, limit: number): Promise<readonly Hit[]>;
  /** undefined where there is no such document. */
  open(id: string): Promise<ReadPage | undefined>;
  /** So far, in order. A document of several pages is several calls. */
  readonly calls: readonly SearchCall[];
}

const KEPT_PAGES = 20_000;
const KEPT_SEARCHES = 2000;

/** Makes tools for one agent after another; what was read before is not read from the disk again. */
export class SearchDesk {
  readonly #pages = new Map<string, Promise<ReadPage | undefined>>();
  readonly #searches = new Map<string, Promise<Hit[]>>();

  constructor(
    readonly corpus: Corpus,
    readonly kind: CorpusKind,
  ) {}

  tools(): SearchTools {
    const calls: SearchCall[] = [];
    return {
      kind: this.kind,
      calls,
      search: async (query, limit) => {
        calls.push({ tool: "search", arguments: { query, limit } });
        return remember(this.#searches, KEPT_SEARCHES, `${limit} ${query}`, () => this.corpus.search(query, { limit }));
      },
      open: async (id) => {
        const page = await remember(this.#pages, KEPT_PAGES, id, () => this.#read(id));
        for (let i = 1; i <= (page?.pages ?? 1); i++) calls.push({ tool: "open", arguments: { id, page: i } });
        return page;
      },
    };
  }

  async #read(id: string): Promise<ReadPage | undefined> {
    const first = await this.corpus.open(id).catch(() => undefined);
    if (first === undefined) return undefined;
    const texts = [first.text];
    for (let page = 2; page <= first.pages; page++) texts.push((await this.corpus.open(id, page)).text);
    const text = texts.join("");
    return { id, title: first.title, text, pages: first.pages, facts: this.kind.read(text) };
  }
}

/** What was asked before, the oldest forgotten. */
function remember<T>(kept: Map<string, Promise<T>>, most: number, key: string, ask: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  if (known) return known;
  if (kept.size >= most) kept.delete(kept.keys().next().value!);
  const asked = ask();
  kept.set(key, asked);
  return asked;
}

/** How often each tool was called. */
export const countCalls = (calls: readonly SearchCall[]): { searches: number; opens: number } => ({
  searches: calls.filter(({ tool }) => tool === "search").length,
  opens: calls.filter(({ tool }) => tool === "open").length,
});
