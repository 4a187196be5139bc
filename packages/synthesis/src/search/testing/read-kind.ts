import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CorpusKind, SourceEntity, SourceFault } from "../corpora/corpus-kind.js";

export interface ReadCorpus {
  entities: SourceEntity[];
  faults: SourceFault[];
}

/** What a kind makes of files: the first is the one that is given. */
export async function readKind(
  kind: CorpusKind,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<ReadCorpus> {
  const directory = await mkdtemp(join(tmpdir(), "cachalot-kind-"));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
    const read: ReadCorpus = { entities: [], faults: [] };
    for await (const record of kind.entities(join(directory, Object.keys(files)[0]!))) {
      if ("reason" in record) read.faults.push(record);
      else read.entities.push(record);
    }
    return read;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A dictionary as dictd has it: entries one after the other, and the index of where each stands. */
export function dictdFiles(entries: readonly (readonly [word: string, text: string])[]): {
  index: string;
  dict: string;
} {
  let offset = 0;
  const lines = entries.map(([word, text]) => {
    const line = `${word}\t${toBase64(offset)}\t${toBase64(Buffer.byteLength(text))}`;
    offset += Buffer.byteLength(text);
    return line;
  });
  return { index: `${lines.join("\n")}\n`, dict: entries.map(([, text]) => text).join("") };
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const toBase64 = (value: number): string =>
  value < 64 ? DIGITS[value]! : toBase64(Math.floor(value / 64)) + DIGITS[value % 64]!;
