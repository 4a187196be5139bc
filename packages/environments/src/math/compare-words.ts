/** Verdicts on answers in words: the same text, a synonym, or words that exclude one another. Meaning is for a judge. */

import { differentBecause, equalBecause, type Outcome, unknownBecause } from "./verdict.js";
import { OPPOSITES, SYNONYMS } from "./vocabulary.js";

export function compareWords(a: string, b: string): Outcome {
  const [x, y] = [meaning(a), meaning(b)];
  if (x === y) return equalBecause("their words are the same");
  if (OPPOSITES.some((group) => group.includes(x) && group.includes(y))) return differentBecause(`${x} is not ${y}`);
  return unknownBecause("words are for a judge");
}

/** Words that say that there is nothing: the same as an empty set. */
export const saysEmpty = (text: string): boolean => meaning(text) === "empty";
export const saysReals = (text: string): boolean => meaning(text) === "reals";
/** Words that are an answer of their own and no description of a value: yes, east, ellipse. */
export const saysKind = (text: string): boolean => OPPOSITES.some((group) => group.includes(meaning(text)));

function meaning(text: string): string {
  const plain = text
    .replace(/\\(?:text|mbox|mathrm|textbf|textit|mathbf|operatorname|rm|textrm)\*?\s*\{([^{}]*)\}/g, " $1 ")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\\^_+\-*/=<>(){}[\]|,.]/gu, " ")
    .replace(/[.,]+(?=\s|$)/g, " ")
    .replace(/\b(?:the|a|an)\b/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return SYNONYMS[plain] ?? plain;
}
