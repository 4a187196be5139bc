/** Extraction of a choice: a box, or a phrase that names a letter. Never the first or last capital letter of a text. */

/** @param letters there are, from A. @returns undefined where no choice, or more than one, is named */
export function letterAnswer(text: string, letters: number): string | undefined {
  const found =
    lastOf(text, /\\boxed\s*\{\s*(?:\\text(?:bf)?\s*\{)?\s*\(?([A-Z])\)?\s*\}?\s*\}/g) ??
    lastOf(
      text,
      /(?:answer|choice|option)\s*(?:is|:)\s*:?\s*(?:\*\*|\$)?\s*(?:option\s+|choice\s+)?\(?([A-Z])\)?(?![\w'’])/gi,
    ) ??
    lastOf(text, /^\s*(?:\*\*)?\(?([A-Z])\)?(?:\*\*)?\s*[.:]?\s*$/gm);
  const letter = found?.toUpperCase();
  return letter !== undefined && letter.charCodeAt(0) - 65 < letters ? letter : undefined;
}

const lastOf = (text: string, pattern: RegExp): string | undefined => [...text.matchAll(pattern)].at(-1)?.[1];
