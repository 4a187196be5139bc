/** Rows of a data file: JSON lines, a JSON array or CSV, gzipped or not, each with the line that an error names. */

import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { EvalsError } from "../errors.js";

export interface Row {
  /** File and line, for messages. */
  where: string;
  fields: Readonly<Record<string, unknown>>;
  /** As JSON, in a JSON lines file as it is written there: numbers keep their form. */
  text: string;
}

/** Unpacked, in bytes. */
const LARGEST = 1 << 30;

/** @throws EvalsError `missing_data` for a file that cannot be read, `bad_data` for one that is no table */
export async function readRows(path: string, shown = path): Promise<Row[]> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new EvalsError("missing_data", `cannot read ${shown}: ${error.message}; pass --data FILE`);
  });
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = (packed ? gunzipSync(bytes, { maxOutputLength: LARGEST }) : bytes)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  const name = path.replace(/\.gz$/, "");
  if (/\.[ct]sv$/.test(name)) return csvRows(text, shown, name.endsWith(".tsv") ? "\t" : ",");
  return text.trimStart().startsWith("[") ? arrayRows(text, shown) : lineRows(text, shown);
}

function lineRows(text: string, shown: string): Row[] {
  const lines = text.split(/\r?\n/).map((line, i) => ({ line, where: `${shown}:${i + 1}` }));
  return lines
    .filter(({ line }) => line.trim() !== "")
    .map(({ line, where }) => ({ where, fields: objectOf(parsed(line, where), where), text: line }));
}

function arrayRows(text: string, shown: string): Row[] {
  const rows = parsed(text, shown);
  if (!Array.isArray(rows))
    throw new EvalsError("bad_data", `${shown} is no list; give JSON lines, a JSON array or CSV`);
  return rows.map((row, i) => {
    const where = `${shown}, row ${i + 1}`;
    return { where, fields: objectOf(row, where), text: JSON.stringify(row) };
  });
}

function csvRows(text: string, shown: string, delimiter: string): Row[] {
  try {
    const rows = parse(text, {
      columns: true,
      delimiter,
      info: true,
      skip_empty_lines: true,
      relax_quotes: true,
    }) as unknown as {
      record: Record<string, unknown>;
      info: { lines: number };
    }[];
    return rows.map(({ record, info }) => ({
      where: `${shown}:${info.lines}`,
      fields: record,
      text: JSON.stringify(record),
    }));
  } catch (error) {
    throw new EvalsError("bad_data", `${shown}: ${(error as Error).message}; give a CSV file with a header line`);
  }
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EvalsError(
      "bad_data",
      `${where} is not JSON (${(error as Error).message}); every line must be an object`,
    );
  }
}

function objectOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new EvalsError("bad_data", `${where} is ${JSON.stringify(value).slice(0, 60)}; every row must be an object`);
}

/** A field that must be text; a number is its text. @throws EvalsError `bad_data` with the line, the field and `expects` */
export function textField({ fields, where }: Row, names: readonly string[], expects: string): string {
  const name = names.find((name) => fields[name] !== undefined && fields[name] !== null);
  const value = name === undefined ? undefined : fields[name];
  if (typeof value === "string" && value.trim() !== "") return value;
  if (typeof value === "number") return String(value);
  const found = value === undefined ? "missing" : JSON.stringify(value)!.slice(0, 60);
  throw new EvalsError("bad_data", `${where}: ${names.join(" or ")} is ${found}; expected ${expects}`);
}
