/** Tokenizer of the search index: words are what stands between spaces and punctuation. */

const BETWEEN = /[\n\r\p{Z}\p{P}]+/u;

/** A field's words in lower case, and its length for BM25: how many different ones it has, as written. */
export function fieldWords(text: string): { words: string[]; length: number } {
  const written = wellFormed(text).split(BETWEEN);
  return { words: lowered(written), length: new Set(written).size };
}

/** The words of a query, in its order; a word said twice counts twice. */
export const queryWords = (query: string): string[] => lowered(wellFormed(query).split(BETWEEN));

/** Half a surrogate pair has no UTF-8: on disk it would be another word, in another place of their order. */
const wellFormed = (text: string): string => text.toWellFormed();

const lowered = (words: readonly string[]): string[] => words.map((word) => word.toLowerCase()).filter(Boolean);
