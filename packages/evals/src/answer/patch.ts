/** Extraction of a patch from a message: the last fenced block that is one, or a message that is nothing else. */

const PATCH = /^(?:diff --git |--- )/m;

/** @returns undefined where there is no patch */
export function patchAnswer(text: string): string | undefined {
  const blocks = [...text.matchAll(/^```[a-z]*\n(.*?)^```/gms)].map(([, block]) => block!);
  const fenced = blocks.findLast((block) => PATCH.test(block));
  if (fenced !== undefined) return fenced;
  const start = text.search(PATCH);
  return start >= 0 && blocks.length === 0 ? text.slice(start).replace(/\n*$/, "\n") : undefined;
}
