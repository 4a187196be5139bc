/** BM25+ ranking over posting lists: scores of all documents that have a term, and the best of them by a bounded heap. */

import type { PostingList } from "./postings.js";

/** The same as MiniSearch has, whose ranking this index keeps. */
const BM25 = { k: 1.2, b: 0.7, d: 0.5 };

export interface FieldStatistics {
  weight: number;
  /** [documents] */
  lengths: Uint32Array;
  averageLength: number;
}

/** A term of a query: how often it is said, and its posting list in each field. */
export interface QueryTerm {
  times: number;
  lists: readonly PostingList[];
}

export interface Ranked {
  document: number;
  score: number;
}

/** Scores of one query, in arrays that are kept for the next: [documents]. */
export class Ranking {
  readonly #scores: Float64Array;
  /** Number of different terms that a document has: the score is multiplied by it. */
  readonly #matched: Uint32Array;
  /** The last term that was counted there, from 1. */
  readonly #counted: Uint32Array;
  readonly #touched: Uint32Array;

  constructor(
    readonly documents: number,
    readonly fields: readonly FieldStatistics[],
  ) {
    this.#scores = new Float64Array(documents);
    this.#matched = new Uint32Array(documents);
    this.#counted = new Uint32Array(documents);
    this.#touched = new Uint32Array(documents);
  }

  /** The `limit` best, the best first; of equals the earlier document. */
  best(terms: readonly QueryTerm[], limit: number): Ranked[] {
    let touched = 0;
    for (const [t, { times, lists }] of terms.entries()) {
      for (const [f, field] of this.fields.entries()) touched = this.#add(lists[f]!, field, times, t + 1, touched);
    }
    const best = new BestFew(limit);
    for (let i = 0; i < touched; i++) {
      const document = this.#touched[i]!;
      best.offer({ document, score: this.#scores[document]! * this.#matched[document]! });
      this.#scores[document] = 0;
      this.#matched[document] = 0;
      this.#counted[document] = 0;
    }
    return best.inOrder();
  }

  #add(list: PostingList, field: FieldStatistics, times: number, term: number, touchedBefore: number): number {
    const { documents, frequencies } = list;
    const { k, b, d } = BM25;
    const inverse = Math.log(1 + (this.documents - documents.length + 0.5) / (documents.length + 0.5));
    const weight = times * field.weight * inverse;
    let touched = touchedBefore;
    for (let i = 0; i < documents.length; i++) {
      const document = documents[i]!;
      const frequency = frequencies[i]!;
      const relative = field.lengths[document]! / field.averageLength;
      if (this.#counted[document] !== term) {
        if (this.#counted[document] === 0) this.#touched[touched++] = document;
        this.#counted[document] = term;
        this.#matched[document]!++;
      }
      this.#scores[document]! += weight * (d + (frequency * (k + 1)) / (frequency + k * (1 - b + b * relative)));
    }
    return touched;
  }
}

const isWorse = (one: Ranked, other: Ranked): boolean =>
  one.score < other.score || (one.score === other.score && one.document > other.document);

/** The best few of many: a heap with the worst of them on top. */
class BestFew {
  readonly #heap: Ranked[] = [];

  constructor(readonly limit: number) {}

  offer(entry: Ranked): void {
    const heap = this.#heap;
    if (heap.length < this.limit) {
      heap.push(entry);
      this.#rise(heap.length - 1);
    } else if (heap.length > 0 && isWorse(heap[0]!, entry)) {
      heap[0] = entry;
      this.#sink();
    }
  }

  inOrder(): Ranked[] {
    return this.#heap.sort((one, other) => (isWorse(one, other) ? 1 : -1));
  }

  #rise(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!isWorse(heap[at]!, heap[parent]!)) return;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    for (let at = 0; ; ) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && isWorse(heap[child]!, heap[worst]!)) worst = child;
      }
      if (worst === at) return;
      [heap[at], heap[worst]] = [heap[worst]!, heap[at]!];
      at = worst;
    }
  }
}
