/**
 * An estimate of how many tokens a text is to a tokenizer that is not here. Tokenizers of 100,000 words and more give about
 * four characters of English a token, and more tokens to code, digits and other scripts. What a host reports of the prompts
 * it read corrects the estimate.
 */

/** Characters a token of each kind holds, at a guess that is rather too low. */
const KINDS: readonly [RegExp, number][] = [
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu, 1.4],
  [/[^\p{ASCII}]/gu, 1.8],
  [/\d/g, 2.2],
  [/[^\w\s]/g, 1.6],
  [/\s/g, 8],
  [/\w/g, 4.4],
];

/** Tokens of a text, before any correction. */
export function estimateTokens(text: string): number {
  let rest = text;
  let tokens = 0;
  for (const [kind, characters] of KINDS) {
    const left = rest.replace(kind, "");
    tokens += (rest.length - left.length) / characters;
    rest = left;
  }
  return tokens;
}
