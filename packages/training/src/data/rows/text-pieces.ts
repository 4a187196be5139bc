/** Longest document made of a file, in characters: some thousand tokens. */
const LONGEST = 16_000;
const SHORTEST = 200;
/** A dataset of one file still has about this many documents, so that some can be held out. */
const DOCUMENTS = 100;

/** How long the documents of files with that many characters in all should be. */
export function pieceLength(characters: number): number {
  return Math.min(LONGEST, Math.max(SHORTEST, Math.ceil(characters / DOCUMENTS)));
}

/**
 * A text as documents of about `length` characters, cut at its blank lines, or at line ends, sentences or words where there are
 * none. Joined by white space they are the text.
 */
export function textPieces(text: string, length: number): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end =
      text.length - start <= 1.5 * length ? text.length : start + cut(text.slice(start, start + 2 * length), length);
    const piece = text.slice(start, end).trim();
    if (piece !== "") pieces.push(piece);
    start = end;
  }
  return pieces;
}

/** Where to cut a stretch of text: the best kind of boundary behind `least`, as early as can be. */
function cut(stretch: string, least: number): number {
  for (const boundary of [/\n\s*\n/g, /\n/g, /[.!?]\s/g, /\s/g]) {
    boundary.lastIndex = Math.min(least, stretch.length);
    const found = boundary.exec(stretch);
    if (found) return found.index + found[0].length;
  }
  return stretch.length;
}
