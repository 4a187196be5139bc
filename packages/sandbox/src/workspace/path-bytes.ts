/**
 * File names as text and back, losing no byte: a byte that is no UTF-8 becomes a lone surrogate U+DC80 to U+DCFF, as
 * Python's `surrogateescape` has it. Such text stays inside this package; `wellFormed` makes it fit to be shown.
 */

/** The name's bytes as the file system has them. */
export function pathBytes(path: string): Buffer {
  const pieces = path.split(/([\uDC80-\uDCFF]+)/).map((piece, i) => {
    if (i % 2 === 0) return Buffer.from(piece);
    return Buffer.from(Array.from({ length: piece.length }, (_, j) => piece.charCodeAt(j) - 0xdc00));
  });
  // Of a whole surrogate pair the second half is no escaped byte.
  return wellFormed(path) === path ? Buffer.from(path) : Buffer.concat(pieces);
}

/** Text for a name's bytes, from which `pathBytes` makes the same bytes. */
export function pathText(bytes: Buffer): string {
  const text = bytes.toString();
  if (!text.includes("\uFFFD") || Buffer.from(text).equals(bytes)) return text;
  let escaped = "";
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    escaped += length === 0 ? String.fromCharCode(0xdc00 + bytes[at]!) : bytes.toString("utf8", at, at + length);
    at += Math.max(length, 1);
  }
  return escaped;
}

/** The length of the UTF-8 sequence at a position; 0 where there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    const piece = bytes.subarray(at, at + length);
    if (Buffer.from(piece.toString()).equals(piece)) return length;
  }
  return 0;
}

/** Text with U+FFFD in the place of every lone surrogate: what hosts, databases and terminals accept. */
export const wellFormed = (text: string): string => Buffer.from(text).toString();
