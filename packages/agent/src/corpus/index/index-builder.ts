/** Inverted index, made in one pass over the documents: terms in order, each with its posting lists. */

import { ByteWriter, writePostings } from "./postings.js";
import { type PackedStrings, packStrings } from "./string-table.js";
import { fieldWords } from "./words.js";

export const FIELDS = ["title", "text"] as const;

export interface InvertedIndex {
  /** Ascending. */
  terms: PackedStrings;
  /** Bytes of each term's posting lists, one list a field: [terms + 1] */
  postingOffsets: Float64Array;
  postings: Uint8Array;
  /** Different words of each field: [fields][documents] */
  lengths: Uint32Array[];
  /** Mean of `lengths`: [fields] */
  averageLengths: number[];
}

export class IndexBuilder {
  readonly #terms = new Map<string, number>();
  readonly #fields = FIELDS.map(() => ({ occurrences: new Rows(3), lengths: new Rows(1), average: 0 }));
  #documents = 0;

  /** The next document, numbered from 0. */
  add(document: Record<(typeof FIELDS)[number], string>): void {
    for (const [i, name] of FIELDS.entries()) {
      const field = this.#fields[i]!;
      const { words, length } = fieldWords(document[name]);
      field.lengths.push(length);
      field.average = (field.average * this.#documents + length) / (this.#documents + 1);
      const counts = new Map<number, number>();
      for (const word of words) {
        const term = this.#termOf(word);
        counts.set(term, (counts.get(term) ?? 0) + 1);
      }
      for (const [term, count] of counts) field.occurrences.push(term, this.#documents, count);
    }
    this.#documents++;
  }

  finish(): InvertedIndex {
    const terms = [...this.#terms.keys()].sort();
    const lists = this.#fields.map(({ occurrences }) => byTerm(occurrences, terms.length));
    const out = new ByteWriter();
    const postingOffsets = new Float64Array(terms.length + 1);
    for (const [i, term] of terms.entries()) {
      for (const list of lists) {
        const [start, end] = list.rangeOf(this.#terms.get(term)!);
        writePostings(out, list.documents.subarray(start, end), list.frequencies.subarray(start, end));
      }
      postingOffsets[i + 1] = out.length;
    }
    return {
      terms: packStrings(terms),
      postingOffsets,
      postings: out.written(),
      lengths: this.#fields.map(({ lengths }) => lengths.values()),
      averageLengths: this.#fields.map(({ average }) => average),
    };
  }

  #termOf(word: string): number {
    const known = this.#terms.get(word);
    if (known !== undefined) return known;
    // A slice of a document keeps the whole document alive in V8; a copy does not.
    this.#terms.set(Buffer.from(word).toString(), this.#terms.size);
    return this.#terms.size - 1;
  }
}

/** Rows of numbers in one growing array. */
class Rows {
  #data = new Uint32Array(1 << 12);
  #length = 0;

  constructor(readonly width: number) {}

  push(...row: number[]): void {
    if (this.#length + this.width > this.#data.length) {
      const larger = new Uint32Array(this.#data.length * 2);
      larger.set(this.#data);
      this.#data = larger;
    }
    for (const value of row) this.#data[this.#length++] = value;
  }

  values(): Uint32Array {
    return this.#data.subarray(0, this.#length);
  }
}

/** Counting sort of (term, document, frequency) by term; documents stay in order. */
function byTerm(occurrences: Rows, terms: number) {
  const rows = occurrences.values();
  const starts = new Uint32Array(terms + 1);
  for (let i = 0; i < rows.length; i += 3) starts[rows[i]! + 1]!++;
  for (let term = 0; term < terms; term++) starts[term + 1]! += starts[term]!;
  const next = starts.slice();
  const documents = new Uint32Array(rows.length / 3);
  const frequencies = new Uint32Array(rows.length / 3);
  for (let i = 0; i < rows.length; i += 3) {
    const at = next[rows[i]!]!++;
    documents[at] = rows[i + 1]!;
    frequencies[at] = rows[i + 2]!;
  }
  return { documents, frequencies, rangeOf: (term: number) => [starts[term]!, starts[term + 1]!] as const };
}
