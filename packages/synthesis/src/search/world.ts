/** Search world: a corpus as its agents see it (an index they search, pages they open) and as only the pipeline does (its graph). */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type Corpus, openCorpus } from "@cachalot/agent";
import { writeAtomic } from "@cachalot/files";
import { SynthesisError } from "../errors.js";
import type { CorpusKind, SourceEntity, SourceFault } from "./corpora/corpus-kind.js";
import { generatedPackages } from "./corpora/generated.js";
import { CORPUS_KINDS } from "./corpora/index.js";
import { EntityGraph } from "./graph/entity-graph.js";

export interface SearchWorld {
  /** Of its kind, its source's contents and how pages are written. */
  name: string;
  kind: CorpusKind;
  graph: EntityGraph;
  corpus: Corpus;
  /** Directory of `corpus`: what an agent is given. */
  directory: string;
  source: { name: string; licence: string; sha256: string };
  /** Records that were left out, the first thousand of them. */
  faults: readonly SourceFault[];
  close(): Promise<void>;
}

const MAX_FAULTS = 1000;

/** Counted up when pages are written otherwise: documents of before are not taken for these. */
const PAGE_FORMAT = 1;

/**
 * Opens a corpus for synthesis. Its documents and their index are kept in `cache`, by the source's hash.
 *
 * @param source a file of any kind in `corpora/index.ts`, or `generated` or `generated:COUNT`
 * @throws SynthesisError `invalid_options` for a source that no kind recognises, or that has too little in it
 */
export async function openSearchWorld(source: string, cache: string): Promise<SearchWorld> {
  await mkdir(cache, { recursive: true });
  const path = await pathOf(source, cache);
  const kind = await kindOf(path);
  const sha256 = await hashOf(path);
  const written = createHash("sha256").update(`${PAGE_FORMAT} ${sha256}`).digest("hex");
  const name = `${kind.name}-${written.slice(0, 16)}`;
  const directory = join(cache, `corpus-${name}`);
  const faults: SourceFault[] = [];
  const entities: Omit<SourceEntity, "text">[] = [];
  const isKept = await stat(join(directory, "documents.jsonl")).catch(() => undefined);
  await mkdir(directory, { recursive: true });
  const records = readSource(kind, path, entities, faults);
  if (isKept) for await (const _ of records);
  else {
    await writeAtomic(join(directory, "documents.jsonl"), async (file) => {
      for await (const lines of inBatches(records)) await file.writeFile(lines);
    });
  }
  if (entities.length < 2)
    throw new SynthesisError(
      "invalid_options",
      `${source} has ${entities.length} usable records; give a larger corpus`,
    );
  const corpus = await openCorpus(directory, { indexFile: join(directory, ".cachalot", "index.bin") });
  const isGenerated = source.startsWith("generated");
  const licence = isGenerated ? "CC0-1.0" : kind.licence;
  const graph = new EntityGraph(kind, entities);
  return {
    ...{ name, kind, graph, corpus, directory, faults },
    source: { name: isGenerated ? source : basename(path), licence, sha256 },
    close: () => corpus.close(),
  };
}

/** The documents' lines; entities and faults are collected on the way. */
async function* readSource(
  kind: CorpusKind,
  path: string,
  entities: Omit<SourceEntity, "text">[],
  faults: SourceFault[],
): AsyncGenerator<string> {
  for await (const record of kind.entities(path)) {
    if ("reason" in record) {
      if (faults.length < MAX_FAULTS) faults.push(record);
    } else {
      const { text, ...entity } = record;
      entities.push(entity);
      yield `${JSON.stringify({ id: entity.id, title: entity.title, text })}\n`;
    }
  }
}

async function* inBatches(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let batch: string[] = [];
  for await (const line of lines) {
    if (batch.push(line) < 1000) continue;
    yield batch.join("");
    batch = [];
  }
  yield batch.join("");
}

async function pathOf(source: string, cache: string): Promise<string> {
  const [, count = "6000"] = /^generated(?::(\d{1,6}))?$/.exec(source) ?? [];
  if (!source.startsWith("generated")) return resolve(source);
  const path = join(cache, `generated-${count}.packages`);
  if ((await stat(path).catch(() => undefined)) === undefined)
    await writeAtomic(path, generatedPackages(Number(count)));
  return path;
}

const HEAD_BYTES = 4096;

async function kindOf(path: string): Promise<CorpusKind> {
  const file = await open(path).catch((error: Error) => {
    throw new SynthesisError("invalid_options", `Cannot read the corpus: ${error.message}; give a file that is there`);
  });
  try {
    const info = await file.stat();
    if (!info.isFile()) throw new SynthesisError("invalid_options", `The corpus ${path} is no file; give one`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const kind = CORPUS_KINDS.find((kind) => kind.recognises(path, buffer.toString("utf8", 0, bytesRead)));
    if (kind) return kind;
  } finally {
    await file.close();
  }
  const known = CORPUS_KINDS.map(({ name, description }) => `${name} (${description})`).join("; ");
  throw new SynthesisError("invalid_options", `${path} is no corpus that is known; give one of ${known}`);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
