/**
 * Edits of a text file that change the bytes they are asked to change and no others: whatever its encoding, its line
 * endings and its byte order mark. Inside, a file is a string of its bytes (latin1), one character for each.
 */

const BOM = "\xEF\xBB\xBF";
const bytesOf = (text: string): string => Buffer.from(text).toString("latin1");
const isAscii = (bytes: string): boolean => !/[\x80-\xFF]/.test(bytes);

export interface Edited {
  data: Buffer;
  /** Line of the change, from 1. */
  line: number;
  /** Lines that are new there. */
  lines: number;
}

/** The file's text for a reader, without byte order mark and carriage returns, and what else a reader should know. */
export function readable(data: Buffer): { lines: string[]; notes: string[] } {
  const bytes = data.toString("latin1");
  const notes: string[] = [];
  if (endingOf(bytes) === "\r\n") notes.push("Lines end with CRLF; edits keep that.");
  if (!isUtf8(data)) notes.push("It is not UTF-8: other bytes are shown as \uFFFD, and edits keep them.");
  const text = data.toString().replace(/^\uFEFF/, "");
  return { lines: splitLines(text), notes };
}

/**
 * Replaces text that occurs exactly once. A line break in it stands for LF and CRLF alike; line breaks of the new text
 * become those of the file.
 *
 * @throws Error that says what to do when it does not occur, or more often, or the file's encoding forbids the new text
 */
export function replaceOnce(data: Buffer, oldText: string, newText: string, path: string): Edited {
  const bytes = data.toString("latin1");
  const pattern = bytesOf(oldText)
    .split(/\r?\n/)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    .join("\r?\n");
  const matches = occurrences(bytes, new RegExp(pattern, "g"));
  const [match] = matches;
  if (match === undefined) {
    const hint = isUtf8(data) ? "" : "; it is not UTF-8, so leave out what view shows as \uFFFD";
    throw new Error(`old_str is not in ${path}; view it, and copy the text with its white space${hint}`);
  }
  if (matches.length > 1)
    throw new Error(`old_str occurs ${matches.length} times in ${path}; give more of what is around it`);
  const added = withEnding(newText, endingOf(match[0]) ?? endingOf(bytes));
  refuseMixedEncoding(data, added, path);
  const before = bytes.slice(0, match.index);
  return {
    data: Buffer.from(before + added + bytes.slice(match.index + match[0].length), "latin1"),
    line: before.split("\n").length,
    lines: added.split("\n").length,
  };
}

/**
 * Puts lines after line `after` (0: at the beginning), with the file's line endings.
 *
 * @throws Error that says what to do when there is no such line, or the file's encoding forbids the text
 */
export function insertLines(data: Buffer, after: number, text: string, path: string): Edited {
  const bytes = data.toString("latin1");
  const ending = endingOf(bytes) ?? "\n";
  const start = bytes.startsWith(BOM) ? BOM.length : 0;
  const ends = [start, ...[...bytes.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const open = bytes.length > ends.at(-1)!;
  if (open) ends.push(bytes.length);
  if (after >= ends.length) throw new Error(`insert_line is ${after}, but ${path} has ${ends.length - 1} lines`);
  const lines = withEnding(text.replace(/\r?\n$/, ""), ending);
  refuseMixedEncoding(data, lines, path);
  const at = ends[after]!;
  const added = open && after === ends.length - 1 ? ending + lines : lines + ending;
  return {
    data: Buffer.from(bytes.slice(0, at) + added + bytes.slice(at), "latin1"),
    line: after + 1,
    lines: lines.split("\n").length,
  };
}

/** Every match, also where it overlaps another. */
function occurrences(bytes: string, pattern: RegExp): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  for (let match = pattern.exec(bytes); match !== null; match = pattern.exec(bytes)) {
    // A match that begins within a CRLF another began before is the same.
    if (!(found.at(-1)?.index === match.index - 1 && found.at(-1)![0].startsWith("\r\n"))) found.push(match);
    pattern.lastIndex = match.index + 1;
  }
  return found;
}

/** The line ending that most lines have; undefined where there is none. */
function endingOf(bytes: string): "\n" | "\r\n" | undefined {
  const all = bytes.split("\n").length - 1;
  if (all === 0) return undefined;
  return 2 * (bytes.split("\r\n").length - 1) > all ? "\r\n" : "\n";
}

const withEnding = (text: string, ending: "\n" | "\r\n" | undefined): string =>
  ending === "\r\n" ? bytesOf(text).replace(/\r?\n/g, "\r\n") : bytesOf(text);

function refuseMixedEncoding(data: Buffer, added: string, path: string): void {
  if (isAscii(added) || isUtf8(data)) return;
  throw new Error(`${path} is not UTF-8, so the new text may have ASCII characters only; convert it with iconv first`);
}

const isUtf8 = (data: Buffer): boolean => Buffer.from(data.toString()).equals(data);

/** A line break at the end ends the last line; it does not begin another. */
const splitLines = (text: string): string[] => (text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/));
