/** Title links: pages that a text names by their whole title, for corpora that come without links. */

/** Shorter titles are words of the language. */
const LEAST_WORDS = 2;
const MOST_WORDS = 8;

export class TitleLinks {
  /** Ids by title, without what stands in parentheses; undefined for a title that several have. */
  readonly #ids = new Map<string, string | undefined>();
  #longest = 0;

  add(id: string, title: string): void {
    const name = title.replace(/\s*\([^()]*\)$/, "");
    const count = wordsOf(name).length;
    if (count < LEAST_WORDS || count > MOST_WORDS || !/^\p{Lu}/u.test(name)) return;
    const key = wordsOf(name).join(" ");
    this.#ids.set(key, this.#ids.has(key) && this.#ids.get(key) !== id ? undefined : id);
    this.#longest = Math.max(this.#longest, count);
  }

  /** Ids of the titles that stand in a text, as they are written, the longest at each place; each once. */
  in(text: string): string[] {
    const words = wordsOf(text);
    const found = new Set<string>();
    for (let at = 0; at < words.length; ) {
      const [id, length] = this.#longestAt(words, at);
      if (id !== undefined) found.add(id);
      at += length;
    }
    return [...found];
  }

  #longestAt(words: readonly string[], at: number): [id: string | undefined, words: number] {
    if (!/^\p{Lu}/u.test(words[at]!)) return [undefined, 1];
    for (let length = Math.min(this.#longest, words.length - at); length >= LEAST_WORDS; length--) {
      const id = this.#ids.get(words.slice(at, at + length).join(" "));
      if (id !== undefined) return [id, length];
    }
    return [undefined, 1];
  }
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}'’-]+/gu) ?? [];
