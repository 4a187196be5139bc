/** Extraction of a program from a message: its last fenced block, or the message itself where it is code. */

/** @returns undefined where there is no program */
export function codeAnswer(text: string): string | undefined {
  const blocks = [...text.matchAll(/^[ \t]*```[ \t]*(?:python3?|py)?[ \t]*\n(.*?)^[ \t]*```/gms)].map(
    ([, code]) => code!,
  );
  const block = blocks.filter((code) => code.trim() !== "").at(-1);
  if (block !== undefined) return block;
  return /^(?:def|from|import|class|@)\s?\S/m.test(text) && !text.includes("```") ? text : undefined;
}
