import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { TrainingError } from "../../errors.js";
import { shortName } from "./read-text.js";
import type { Columns } from "./row.js";
import type { SourceRow } from "./rows-to-documents.js";

/**
 * The rows of a Parquet file; of its columns only those that rows are made from are read.
 * @throws TrainingError `invalid_data` where it is no whole Parquet file.
 */
export async function parquetRows(bytes: Buffer, path: string, columns: Columns = {}): Promise<SourceRow[]> {
  const file: AsyncBuffer = {
    byteLength: bytes.length,
    slice: (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
  try {
    const metadata = await parquetMetadataAsync(file);
    const present = parquetSchema(metadata).children.map(({ element }) => element.name);
    const wanted = ["text", "prompt", "completion", "messages", "tools"].map(
      (name) => columns[name as keyof Columns] ?? name,
    );
    const read = present.filter((name) => wanted.includes(name));
    // Without any of them a row tells in its error what there is.
    const rows = await parquetReadObjects({ file, metadata, compressors, columns: read.length > 0 ? read : present });
    return rows.map((row, i) => ({ place: ` row ${i + 1}`, read: () => plain(row) }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TrainingError("invalid_data", `${shortName(path)} cannot be read as Parquet: ${reason}; write it again`);
  }
}

/** Without nulls, which stand for fields that a row does not have. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === null || inner === undefined ? [] : [[key, plain(inner)]],
    ),
  );
}
