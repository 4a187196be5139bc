import { ChatError } from "@cachalot/chat";
import { TrainingError } from "../../errors.js";
import type { DataManifest } from "../manifest.js";
import type { Document } from "./document.js";
import { originOf, readBytes, shortName } from "./read-text.js";
import { type Columns, RowError, rowDocuments } from "./row.js";

/** One row of a file; `read` throws a RowError where it is no row. */
export interface SourceRow {
  /** `:17` or ` row 17`: where it is, behind the file's name. */
  place: string;
  read(): unknown;
}

interface BadRow {
  place: string;
  message: string;
}

/** Bad rows that are told of at once. */
const MOST_ERRORS = 10;

/**
 * Reads rows of files into documents.
 * @throws TrainingError `invalid_data` with file, line, field and fix of the first bad rows.
 */
export async function rowsToDocuments(
  files: readonly string[],
  rowsOf: (bytes: Buffer, path: string) => Promise<Iterable<SourceRow>> | Iterable<SourceRow>,
  columns: Columns,
): Promise<{ documents: Document[]; origins: DataManifest["sources"] }> {
  const documents: Document[] = [];
  const origins: DataManifest["sources"] = [];
  for (const path of files) {
    const bytes = await readBytes(path);
    const errors: BadRow[] = [];
    const before = documents.length;
    for (const { place, read } of await rowsOf(bytes, path)) {
      try {
        documents.push(...rowDocuments(read(), columns));
      } catch (error) {
        if (!(error instanceof RowError || error instanceof ChatError)) throw error;
        errors.push({ place, message: error.message });
        if (errors.length === MOST_ERRORS) break;
      }
    }
    if (errors.length > 0) throw new TrainingError("invalid_data", badRows(errors, shortName(path)));
    if (documents.length === before)
      throw new TrainingError(
        "invalid_data",
        `${shortName(path)}: expected rows, found none; fill the file or leave it out`,
      );
    const own = documents.slice(before);
    const characters = own.reduce((sum, { pieces }) => sum + pieces.reduce((all, { text }) => all + text.length, 0), 0);
    origins.push(originOf(path, bytes, own.length, characters));
  }
  return { documents, origins };
}

function badRows(errors: readonly BadRow[], file: string): string {
  const told = errors.filter(({ message }, i) => errors.findIndex((other) => other.message === message) === i);
  const lines = told.map(({ place, message }) => `${file}${place}: ${message}`);
  if (errors.length === 1) return lines[0]!;
  const more = errors.length === MOST_ERRORS ? " (there may be more)" : "";
  const same = told.length < errors.length ? ", the others of which are like these" : "";
  return `${errors.length} bad rows${more}${same}:\n${lines.join("\n")}`;
}
