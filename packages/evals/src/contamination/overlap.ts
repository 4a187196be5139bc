/** Contamination: n-grams of words that a benchmark's problems and a training corpus have in common. */

import type { Item } from "../benchmark.js";
import { canariesIn } from "./canary.js";

/** Words in a row that two texts do not share by chance: GPT-3's report, appendix C. */
const WORDS_IN_A_ROW = 13;
/** A shorter problem is looked for whole; one of fewer words than this says nothing. */
const FEWEST_WORDS = 8;

export interface Overlap {
  item: string;
  /** Of its n-grams those that the corpus has. */
  share: number;
  /** One of them, and where it stands. */
  words: string;
  where: string;
}

export interface OverlapReport {
  items: number;
  /** Too short to be looked for. */
  skipped: number;
  overlaps: Overlap[];
  /** Canaries in the corpus, whatever set of tasks they belong to, each where it stands first. */
  canaries: { id: string; words: string; where: string }[];
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** @param texts of the corpus, read once; n-grams do not cross from one to the next */
export async function findOverlap(
  items: readonly Item[],
  texts: AsyncIterable<{ where: string; text: string }>,
): Promise<OverlapReport> {
  const wanted = new Map<number, Map<string, Set<number>>>();
  const counts = items.map((item, i) => collect(item, i, wanted));
  const found = items.map(() => ({ grams: new Set<string>(), where: "" }));
  const canaries = new Map<string, OverlapReport["canaries"][number]>();
  for await (const { where, text } of texts) {
    for (const [id, words] of canariesIn(text)) if (!canaries.has(id)) canaries.set(id, { id, words, where });
    const words = wordsOf(text);
    for (const [length, grams] of wanted)
      for (let at = 0; at + length <= words.length; at++) {
        const gram = words.slice(at, at + length).join(" ");
        for (const i of grams.get(gram) ?? []) {
          found[i]!.where ||= where;
          found[i]!.grams.add(gram);
        }
      }
  }
  const overlaps = found.flatMap(({ grams, where }, i) =>
    grams.size === 0 ? [] : [{ item: items[i]!.id, share: grams.size / counts[i]!, words: [...grams][0]!, where }],
  );
  return {
    items: items.length,
    skipped: counts.filter((count) => count === 0).length,
    overlaps,
    canaries: [...canaries.values()],
  };
}

/** Adds an item's n-grams. @returns how many different ones it has */
function collect({ messages }: Item, i: number, wanted: Map<number, Map<string, Set<number>>>): number {
  const words = wordsOf(
    messages
      .filter(({ role }) => role === "user")
      .map(({ content }) => content ?? "")
      .join("\n"),
  );
  const length = Math.min(WORDS_IN_A_ROW, words.length);
  if (length < FEWEST_WORDS) return 0;
  const grams = wanted.get(length) ?? new Map<string, Set<number>>();
  wanted.set(length, grams);
  const own = new Set(
    Array.from({ length: words.length - length + 1 }, (_, at) => words.slice(at, at + length).join(" ")),
  );
  for (const gram of own) grams.set(gram, (grams.get(gram) ?? new Set()).add(i));
  return own.size;
}
