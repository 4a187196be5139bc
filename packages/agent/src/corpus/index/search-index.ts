/** Search index of a corpus: the places of its documents by id, and the best documents for a query. */

import { AgentError } from "../../errors.js";
import type { DocumentPlace } from "../documents.js";
import { FIELDS } from "./index-builder.js";
import type { OpenedIndex } from "./index-file.js";
import { type PostingList, readPostings } from "./postings.js";
import { type Ranked, Ranking } from "./ranking.js";
import { findSorted, StringTable } from "./string-table.js";
import { queryWords } from "./words.js";

/** A word of a title counts as two. */
const WEIGHTS = { title: 2, text: 1 } as const;

export interface RankedDocument extends Ranked {
  /** Words of the query that it has. */
  words: string[];
}

export interface SearchIndex {
  /** Number of documents. */
  readonly size: number;
  place(document: number): DocumentPlace;
  /** The document of an id. */
  find(id: string): number | undefined;
  /** @throws AgentError `corpus` for a damaged file */
  search(query: string, limit: number): Promise<RankedDocument[]>;
  close(): Promise<void>;
}

export function searchIndexOf(file: OpenedIndex): SearchIndex {
  const size = file.byId.length;
  const [terms, ids, titles] = [file.terms, file.ids, file.titles].map((packed) => new StringTable(packed)) as [
    StringTable,
    StringTable,
    StringTable,
  ];
  const fields = FIELDS.map((field, i) => ({
    weight: WEIGHTS[field],
    lengths: file.lengths[i]!,
    averageLength: file.averageLengths[i]!,
  }));
  const ranking = new Ranking(size, fields);

  async function listsOf(word: string): Promise<PostingList[]> {
    const term = findSorted(word, terms.length, (i) => terms.at(i));
    if (term < 0) return FIELDS.map(() => ({ documents: new Uint32Array(), frequencies: new Uint32Array() }));
    const bytes = await file.readPostings(term).catch((error: Error) => {
      throw new AgentError("corpus", `Cannot read the corpus's index (${error.message}); open the corpus again`);
    });
    try {
      return readPostings(bytes, FIELDS.length, size);
    } catch (error) {
      throw new AgentError("corpus", `The corpus's index is damaged (${(error as Error).message}); delete it`);
    }
  }

  return {
    size,
    place(document) {
      const [start, end] = [file.ranges[2 * document]!, file.ranges[2 * document + 1]!];
      const place = { id: ids.at(document), title: titles.at(document), path: file.paths[file.pathOf[document]!]! };
      return start < 0 ? place : { ...place, range: [start, end] };
    },
    find(id) {
      const at = findSorted(id, size, (i) => ids.at(file.byId[i]!));
      return at < 0 ? undefined : file.byId[at];
    },
    async search(query, limit) {
      const times = new Map<string, number>();
      for (const word of queryWords(query)) times.set(word, (times.get(word) ?? 0) + 1);
      const words = [...times.keys()];
      const lists = await Promise.all(words.map(listsOf));
      const best = ranking.best(
        lists.map((list, i) => ({ times: times.get(words[i]!)!, lists: list })),
        limit,
      );
      const has = (list: readonly PostingList[], document: number) =>
        list.some(({ documents }) => includesSorted(documents, document));
      return best.map((ranked) => ({ ...ranked, words: words.filter((_, i) => has(lists[i]!, ranked.document)) }));
    },
    close: () => file.close(),
  };
}

function includesSorted(sorted: Uint32Array, wanted: number): boolean {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted;
}
