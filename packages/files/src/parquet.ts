/** Parquet tables: typed columns of rows, written whole and read back. */

import { readFile } from "node:fs/promises";
import { parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { ByteWriter, parquetWrite } from "hyparquet-writer";
import { writeAtomic } from "./write-atomic.js";

/** A value may always be null. `int64` takes and gives whole numbers up to 2^53. */
export type ParquetType =
  | "text"
  | "int32"
  | "int64"
  | "float"
  | "double"
  | "bytes"
  | { list: ParquetType }
  | { struct: Readonly<Record<string, ParquetType>> };

export interface ParquetColumn<Row> {
  name: string;
  type: ParquetType;
  /** null and undefined are the same. */
  value(row: Row): unknown;
}

type SchemaElement = NonNullable<Parameters<typeof parquetWrite>[0]["schema"]>[number];

const SCALARS = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  int32: { type: "INT32" },
  int64: { type: "INT64" },
  float: { type: "FLOAT" },
  double: { type: "DOUBLE" },
  bytes: { type: "BYTE_ARRAY" },
} as const;

function elementsOf(name: string, type: ParquetType): SchemaElement[] {
  if (typeof type === "string") return [{ name, repetition_type: "OPTIONAL", ...SCALARS[type] }];
  if ("list" in type)
    return [
      { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      ...elementsOf("element", type.list),
    ];
  const fields = Object.entries(type.struct);
  return [
    { name, repetition_type: "OPTIONAL", num_children: fields.length },
    ...fields.flatMap(([field, inner]) => elementsOf(field, inner)),
  ];
}

/** A value as the writer takes it: lists as arrays, int64 as bigint. */
function written(value: unknown, type: ParquetType): unknown {
  if (value === undefined || value === null) return null;
  if (type === "int64") return BigInt(value as number);
  if (typeof type === "string") return value;
  if ("list" in type) {
    const list = Array.from(value as ArrayLike<unknown>);
    return typeof type.list === "string" && type.list !== "int64" ? list : list.map((item) => written(item, type.list));
  }
  return Object.fromEntries(
    Object.entries(type.struct).map(([field, inner]) => [
      field,
      written((value as Record<string, unknown>)[field], inner),
    ]),
  );
}

/** Dictionaries of the writer take -0 for 0, so numbers with a sign of zero are written plainly. */
function hasFloats(type: ParquetType): boolean {
  if (typeof type === "string") return type === "float" || type === "double";
  return "list" in type ? hasFloats(type.list) : Object.values(type.struct).some(hasFloats);
}

/** A table as a Parquet file's bytes. @param metadata of the file, by name */
export function parquetBytes<Row>(
  columns: readonly ParquetColumn<Row>[],
  rows: readonly Row[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const writer = new ByteWriter();
  parquetWrite({
    writer,
    schema: [
      { name: "root", num_children: columns.length },
      ...columns.flatMap(({ name, type }) => elementsOf(name, type)),
    ],
    columnData: columns.map(({ name, type, value }) => ({
      name,
      data: rows.map((row) => written(value(row), type)),
      ...(hasFloats(type) ? { encoding: "PLAIN" as const } : {}),
    })),
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  return writer.getBytes();
}

/** Writes a table to a Parquet file, atomically. */
export async function writeParquet<Row>(
  path: string,
  columns: readonly ParquetColumn<Row>[],
  rows: readonly Row[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeAtomic(path, parquetBytes(columns, rows, metadata));
}

export interface ParquetTable {
  rows: Record<string, unknown>[];
  metadata: Record<string, string>;
}

/**
 * Reads a Parquet file. Columns of bytes are `Uint8Array`, int64 are numbers; what is null is null.
 * @throws Error where it is no Parquet file, or is cut off
 */
export async function readParquet(path: string): Promise<ParquetTable> {
  const bytes = await readFile(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const { key_value_metadata = [], ...about } = await parquetMetadataAsync(file);
  const rows = await parquetReadObjects({ file, metadata: { ...about, key_value_metadata }, utf8: false });
  return {
    rows: rows.map((row) => read(row) as Record<string, unknown>),
    metadata: Object.fromEntries(key_value_metadata.map(({ key, value }) => [key, value ?? ""])),
  };
}

function read(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.some((item) => typeof item !== "number") ? value.map(read) : value;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || value instanceof Date)
    return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, read(inner)]));
}
