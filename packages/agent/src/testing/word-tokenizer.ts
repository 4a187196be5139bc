import type { TextTokenizer } from "../context/prompt-tokens.js";

/** A small tokenizer for tests: special tokens, words and single other characters. */
export const wordTokenizer: TextTokenizer & { encoded: number } = {
  encoded: 0,
  encode(text) {
    this.encoded += text.length;
    return (text.match(/<｜[^｜]*｜>|<\/?think>|\w+|\s+|[^\w\s]/gu) ?? []).map(hash);
  },
};

function hash(text: string): number {
  let value = 0;
  for (const character of text) value = (value * 31 + character.codePointAt(0)!) >>> 1;
  return value;
}
