/** Extraction of a choice: a box, or a phrase that names a letter. Never the first or last capital letter of a text. */

const BOXED = /\\boxed\s*\{\s*(?:\\text(?:bf)?\s*\{)?\s*\(?([A-Z])\)?\s*\}?\s*\}/g;
/** "A" and "I" are words, too: behind them the phrase must end. */
const NAMED =
  /(?:answer|choice|option)\s*(?:is|:)\s*:?\s*(?:\*\*|\$)?\s*(?:option\s+|choice\s+)?(?:\(([A-Z])\)|([B-HJ-Z])(?![\w'’])|([AI])(?=\s*(?:[.,;:*$]|$)))/gim;
const ALONE = /^\s*(?:\*\*)?\(?([A-Z])\)?(?:\*\*)?\s*[.:]?\s*$/gm;

/** @param letters there are, from A. @returns undefined where no choice, or more than one, is named */
export function letterAnswer(text: string, letters: number): string | undefined {
  const letter = (lastOf(text, BOXED) ?? lastOf(text, NAMED) ?? lastOf(text, ALONE))?.toUpperCase();
  return letter !== undefined && letter.charCodeAt(0) - 65 < letters ? letter : undefined;
}

function lastOf(text: string, pattern: RegExp): string | undefined {
  const [, ...groups] = [...text.matchAll(pattern)].at(-1) ?? [];
  return groups.find((group) => group !== undefined);
}
