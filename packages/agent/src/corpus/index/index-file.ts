/**
 * Index file: a head that is read whole (terms, lengths, places of documents) and posting lists that are read term by term.
 * Layout: magic, length of the header, header (JSON), then the sections it names, each from a multiple of 8 bytes.
 */

import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { writeAtomic } from "@cachalot/files";
import * as z from "zod";
import { AgentError } from "../../errors.js";
import type { DocumentPlace } from "../documents.js";
import { FIELDS, type InvertedIndex } from "./index-builder.js";
import { type PackedStrings, packStrings } from "./string-table.js";

const MAGIC = "CACHIDX3";
const ALIGNMENT = 8;
/** magic, then the header's bytes as a 32-bit number, then padding. */
const PREAMBLE_BYTES = 16;

const headerSchema = z.object({
  /** Of the documents it was made of. */
  fingerprint: z.string(),
  averageLengths: z.array(z.number()).length(FIELDS.length),
  /** Files of the corpus. */
  paths: z.array(z.string()),
  /** The sections of the head, in order. */
  sections: z.array(z.object({ name: z.string(), bytes: z.number().int().nonnegative() })),
  headHash: z.string(),
  postingBytes: z.number().int().nonnegative(),
});

/** What stands in the head, as arrays over the bytes that were read. */
export interface IndexHead {
  averageLengths: number[];
  paths: string[];
  terms: PackedStrings;
  postingOffsets: Float64Array;
  lengths: Uint32Array[];
  ids: PackedStrings;
  titles: PackedStrings;
  /** Documents in the order of their ids. */
  byId: Uint32Array;
  /** Index in `paths`. */
  pathOf: Uint32Array;
  /** Two a document; -1 and -1 for a whole file. */
  ranges: Float64Array;
}

export interface OpenedIndex extends IndexHead {
  /** Bytes of the posting lists of a term. */
  readPostings(term: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

const padded = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** @throws AgentError `corpus` where the file cannot be written */
export async function writeIndexFile(
  path: string,
  fingerprint: string,
  index: InvertedIndex,
  places: readonly DocumentPlace[],
): Promise<void> {
  const paths = [...new Set(places.map(({ path }) => path))];
  const sections = Object.entries(sectionsOf(index, places, paths)).map(([name, array]) => ({
    name,
    bytes: Buffer.from(array.buffer, array.byteOffset, array.byteLength),
  }));
  const hash = createHash("sha256");
  for (const { bytes } of sections) hash.update(bytes);
  const header = Buffer.from(
    JSON.stringify({
      fingerprint,
      averageLengths: index.averageLengths,
      paths,
      sections: sections.map(({ name, bytes }) => ({ name, bytes: bytes.length })),
      headHash: hash.digest("hex"),
      postingBytes: index.postings.length,
    } satisfies z.output<typeof headerSchema>),
  );
  const preamble = Buffer.alloc(PREAMBLE_BYTES);
  preamble.write(MAGIC, "latin1");
  preamble.writeUInt32LE(header.length, MAGIC.length);
  const blocks = [
    header,
    ...sections.map(({ bytes }) => bytes),
    Buffer.from(index.postings.buffer, 0, index.postings.length),
  ];
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeAtomic(path, async (file) => {
      await file.writeFile(preamble);
      for (const block of blocks) {
        await file.writeFile(block);
        await file.writeFile(Buffer.alloc(padded(block.length) - block.length));
      }
    });
  } catch (error) {
    throw new AgentError(
      "corpus",
      `Cannot keep the index at ${path}: ${(error as Error).message}; name another indexFile`,
    );
  }
}

function sectionsOf(index: InvertedIndex, places: readonly DocumentPlace[], paths: readonly string[]) {
  const pathNumbers = new Map(paths.map((path, i) => [path, i]));
  const ids = places.map(({ id }) => id);
  const { bytes: idBytes, offsets: idOffsets } = packStrings(ids);
  const { bytes: titleBytes, offsets: titleOffsets } = packStrings(places.map(({ title }) => title));
  const order = Uint32Array.from(ids, (_, i) => i).sort((a, b) => (ids[a]! < ids[b]! ? -1 : 1));
  return {
    termBytes: index.terms.bytes,
    termOffsets: index.terms.offsets,
    postingOffsets: index.postingOffsets,
    ...Object.fromEntries(FIELDS.map((field, i) => [`${field}Lengths`, index.lengths[i]!])),
    ...{ idBytes, idOffsets, titleBytes, titleOffsets },
    byId: order,
    pathOf: Uint32Array.from(places, ({ path }) => pathNumbers.get(path)!),
    ranges: Float64Array.from(places.flatMap(({ range = [-1, -1] }) => range)),
  };
}

/** undefined where there is no whole index of documents with this fingerprint. */
export async function openIndexFile(path: string, fingerprint: string): Promise<OpenedIndex | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const head = await readHead(file, fingerprint);
    if (head !== undefined) return head;
  } catch {
    // A damaged index is made anew.
  }
  await file.close();
  return undefined;
}

async function readHead(file: FileHandle, fingerprint: string): Promise<OpenedIndex | undefined> {
  const preamble = await bytesAt(file, 0, PREAMBLE_BYTES);
  if (preamble.toString("latin1", 0, MAGIC.length) !== MAGIC) return undefined;
  const headerBytes = preamble.readUInt32LE(MAGIC.length);
  const { size } = await file.stat();
  if (headerBytes > size) return undefined;
  const header = headerSchema.parse(JSON.parse((await bytesAt(file, PREAMBLE_BYTES, headerBytes)).toString()));
  const headStart = PREAMBLE_BYTES + padded(headerBytes);
  const headBytes = header.sections.reduce((sum, { bytes }) => sum + padded(bytes), 0);
  const postingStart = headStart + headBytes;
  if (header.fingerprint !== fingerprint || size !== postingStart + padded(header.postingBytes)) return undefined;

  const head = await bytesAt(file, headStart, headBytes);
  const hash = createHash("sha256");
  const sections = new Map<string, Buffer>();
  let at = 0;
  for (const { name, bytes } of header.sections) {
    const section = head.subarray(at, at + bytes);
    hash.update(section);
    sections.set(name, section);
    at += padded(bytes);
  }
  if (hash.digest("hex") !== header.headHash) return undefined;

  const { averageLengths, paths } = header;
  const arrays = arraysOf((name) => {
    const { buffer, byteOffset, byteLength } = sections.get(name)!;
    return [buffer as ArrayBuffer, byteOffset, byteLength];
  });
  return {
    ...{ averageLengths, paths, ...arrays },
    readPostings: (term) => {
      const [start, end] = [arrays.postingOffsets[term]!, arrays.postingOffsets[term + 1]!];
      return bytesAt(file, postingStart + start, end - start);
    },
    close: () => file.close(),
  };
}

type Place = [buffer: ArrayBuffer, byteOffset: number, byteLength: number];

function arraysOf(place: (name: string) => Place) {
  const bytes = (name: string) => new Uint8Array(...place(name));
  const uint32 = (name: string) => {
    const [buffer, offset, length] = place(name);
    return new Uint32Array(buffer, offset, length / 4);
  };
  const float64 = (name: string) => {
    const [buffer, offset, length] = place(name);
    return new Float64Array(buffer, offset, length / 8);
  };
  return {
    terms: { bytes: bytes("termBytes"), offsets: uint32("termOffsets") },
    postingOffsets: float64("postingOffsets"),
    lengths: FIELDS.map((field) => uint32(`${field}Lengths`)),
    ids: { bytes: bytes("idBytes"), offsets: uint32("idOffsets") },
    titles: { bytes: bytes("titleBytes"), offsets: uint32("titleOffsets") },
    byId: uint32("byId"),
    pathOf: uint32("pathOf"),
    ranges: float64("ranges"),
  };
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.from(new ArrayBuffer(length)), 0, length, position);
  if (bytesRead !== length) throw new RangeError(`the index ends before byte ${position + length}`);
  return buffer;
}
