import { decode, linesOf, requireUtf8 } from "./read-text.js";
import { RowError } from "./row.js";
import type { SourceRow } from "./rows-to-documents.js";

/** The rows of a JSONL file: one JSON value a line. Empty lines are passed over. */
export function* jsonLines(bytes: Buffer, path: string): Generator<SourceRow> {
  requireUtf8(bytes, path);
  let line = 0;
  for (const one of linesOf(bytes)) {
    line++;
    const text = decode(one).trim();
    if (text === "") continue;
    yield { place: `:${line}`, read: () => parse(text) };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const hint = /^\[|^\{$/.test(text)
      ? "write one object a line (jq -c '.[]' turns a list into lines, jq -c . an object into one)"
      : "mend the line, or remove it";
    throw new RowError(`expected a JSON object on the line (${(error as Error).message}); ${hint}`);
  }
}
