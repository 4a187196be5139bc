/** Line reader: the lines of a file as bytes with their offsets, however long the file is. */

import { open } from "node:fs/promises";

export interface Line {
  /** From 1. */
  number: number;
  /** Bytes of the line in the file, without its line end. */
  range: [start: number, end: number];
  /** undefined for a line over the limit: it was read past, never held. */
  text: string | undefined;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const CHUNK_BYTES = 1 << 20;

/**
 * Lines end in LF or CR LF; nothing else ends one (JSON may hold U+2028 as it is). A byte order mark is no part of the first
 * line, and a last line needs no end.
 *
 * @param maximumBytes of a line's text; longer ones come without it. Default 64 MiB
 */
export async function* readLines(path: string, { maximumBytes = 64 << 20 } = {}): AsyncGenerator<Line> {
  const file = await open(path);
  try {
    let parts: Buffer[] = [];
    let held = 0;
    let start = 0;
    let number = 0;
    let at = 0;
    const line = (end: number): Line => {
      number++;
      const found = held === end - start ? lineOf(Buffer.concat(parts), number, start) : undefined;
      const result = found ?? { number, range: [start, end] as [number, number], text: undefined };
      parts = [];
      held = 0;
      return result;
    };
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at);
      if (bytesRead === 0) break;
      for (let from = 0; from < bytesRead; ) {
        const newline = buffer.subarray(0, bytesRead).indexOf(NEWLINE, from);
        const to = newline < 0 ? bytesRead : newline;
        if (at + to - start <= maximumBytes) {
          parts.push(buffer.subarray(from, to));
          held += to - from;
        } else parts = [];
        from = to + 1;
        if (newline < 0) continue;
        yield line(at + to);
        start = at + from;
      }
      at += bytesRead;
    }
    if (at > start) yield line(at);
  } finally {
    await file.close();
  }
}

function lineOf(bytes: Buffer, number: number, start: number): Line {
  const mark = number === 1 && bytes.subarray(0, 3).toString("latin1") === "\u00ef\u00bb\u00bf" ? 3 : 0;
  const cut = bytes.at(-1) === RETURN ? 1 : 0;
  const end = bytes.length - cut;
  return { number, range: [start + mark, start + end], text: bytes.toString("utf8", mark, end) };
}
