import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PackedBatch } from "@cachalot/model";
import * as z from "zod";
import { TrainingError } from "../errors.js";
import type { DataManifest } from "./manifest.js";
import { emptyBatch, packRows, type Row, shuffle, writeRow } from "./packing.js";
import { isWide, largestOf, readTokenFile, type TokenFile } from "./token-file.js";

export interface BatchRequest {
  /** Share of rows by part, for example {text: 0.5, chat: 0.5}; need not sum to 1. */
  parts: Readonly<Record<string, number>>;
  /** Rows. */
  batch: number;
  /** Tokens per row. */
  seq: number;
  seed: number;
  /** From 0. Any step can be asked for at any time. */
  step: number;
}

export interface Dataset {
  dir: string;
  manifest: DataManifest;
  /** Hash of the tokens, the tokenizer and the manifest: equal ones train alike. */
  fingerprint: string;
  /**
   * The batch of a step: a pure function of the request, so resuming needs no iterator state. Each part is read in
   * epochs, newly shuffled and packed each time.
   */
  batch(request: BatchRequest): Required<PackedBatch>;
  /** All held-out rows of a part in a fixed order; the last batch is filled up by starting over. */
  heldout(part: string, batch: number, seq: number): Required<PackedBatch>[];
  /** The largest token id of a part, held-out documents among them; -1 where it is empty. */
  largestToken(part: string): number;
  /** What there is of a side of a part: documents, tokens in them, and how many of those are learnt. */
  size(part: string, split: "train" | "heldout"): { documents: number; tokens: number; learnt: number };
  /** Of the documents that stay in one row: how many lose their end in rows of `seq` tokens, of how many, and tokens of the longest. */
  cut(part: string, seq: number): { cut: number; documents: number; longest: number };
  /** Rows of `seq` tokens in one pass over a part. */
  rows(part: string, seq: number): number;
}

/** Packed rows of the epochs in use. */
const PLANS_KEPT = 4;

/**
 * Opens data made by `prepareData`; of several directories the parts of all, of one tokenizer.
 * @throws TrainingError `invalid_data` when the files are missing or damaged, or do not go together.
 */
export async function openDataset(dir: string, ...more: readonly string[]): Promise<Dataset> {
  const { manifest, files } = await readTogether([dir, ...more]);
  const fileOf = (part: string, split: string): TokenFile => {
    const file = files.get(`${part}.${split}`);
    if (file) return file;
    throw new TrainingError("invalid_data", `no part "${part}"; ${dir} has ${Object.keys(manifest.parts).join(", ")}`);
  };
  const plans = new Map<string, Row[]>();
  const plan = (part: string, split: string, seq: number, seed: number): Row[] => {
    const key = `${part} ${split} ${seq} ${seed}`;
    let rows = plans.get(key);
    if (!rows) {
      rows = packRows(fileOf(part, split).offsets, seq, manifest.parts[part]!.policy, seed);
      if (rows.length === 0) throw new TrainingError("invalid_data", `${part}.${split} is empty; prepare more data`);
      for (const old of [...plans.keys()].slice(0, Math.max(0, plans.size - PLANS_KEPT + 1))) plans.delete(old);
      // Best-fit packing leaves the odd documents to the end: mix the rows.
      const order = shuffle(rows.length, seed ^ 0x5bd1e995);
      rows = Array.from(order, (i) => rows![i]!);
    } else plans.delete(key);
    plans.set(key, rows);
    return rows;
  };

  return {
    dir,
    manifest,
    fingerprint: await fingerprintOf(dir, manifest, files),
    batch({ parts, batch, seq, seed, step }) {
      const out = emptyBatch(batch, seq, manifest.tokenizer.pad);
      for (let b = 0; b < batch; b++) {
        const { part, index } = pickPart(parts, step * batch + b);
        // Packing depends on the epoch, its number of rows hardly: the first epoch's number serves for all.
        const perEpoch = plan(part, "train", seq, seed).length;
        const epoch = Math.floor(index / perEpoch);
        const rows = plan(part, "train", seq, epochSeed(seed, epoch));
        writeRow(out, b, rows[(index % perEpoch) % rows.length]!, fileOf(part, "train"));
      }
      return out;
    },
    heldout(part, batch, seq) {
      const rows = plan(part, "heldout", seq, 0);
      return Array.from({ length: Math.ceil(rows.length / batch) }, (_, i) => {
        const out = emptyBatch(batch, seq, manifest.tokenizer.pad);
        for (let b = 0; b < batch; b++) writeRow(out, b, rows[(i * batch + b) % rows.length]!, fileOf(part, "heldout"));
        return out;
      });
    },
    largestToken: (part) =>
      ["train", "heldout"].reduce((most, split) => largestOf(fileOf(part, split).tokens, most), -1),
    size(part, split) {
      const { offsets, tokens, mask } = fileOf(part, split);
      return {
        documents: offsets.length - 1,
        tokens: tokens.length,
        learnt: mask.reduce((sum, mark) => sum + mark, 0),
      };
    },
    cut(part, seq) {
      const { offsets } = fileOf(part, "train");
      const lengths = Array.from(offsets.subarray(1), (end, i) => end - offsets[i]!);
      const stays = manifest.parts[part]!.policy === "cut";
      return {
        cut: stays ? lengths.filter((length) => length > seq).length : 0,
        documents: lengths.length,
        longest: lengths.reduce((most, length) => Math.max(most, length), 0),
      };
    },
    rows: (part, seq) => plan(part, "train", seq, 0).length,
  };
}

async function readTogether(
  dirs: readonly string[],
): Promise<{ manifest: DataManifest; files: Map<string, TokenFile> }> {
  const manifests = await Promise.all(dirs.map(readManifest));
  const [manifest] = manifests as [DataManifest];
  const parts: DataManifest["parts"] = {};
  const files = new Map<string, TokenFile>();
  for (const [i, dir] of dirs.entries()) {
    const { tokenizer, parts: own } = manifests[i]!;
    const refuse = (reason: string) => {
      throw new TrainingError("invalid_data", `${dirs[0]} and ${dir} cannot be read together: ${reason}`);
    };
    if (i > 0 && (await tokenizerOf(dir)) !== (await tokenizerOf(dirs[0]!)))
      refuse("their tokenizers differ; prepare both with the model's");
    for (const part of Object.keys(own)) {
      if (part in parts) refuse(`both have a part "${part}"; rename one`);
      parts[part] = own[part]!;
      for (const split of ["train", "heldout"])
        files.set(`${part}.${split}`, await readTokenFile(dir, `${part}.${split}`, isWide(tokenizer.vocabSize)));
    }
  }
  return { manifest: { ...manifest, parts }, files };
}

/** @throws TrainingError `invalid_data` where it is missing or damaged */
export async function readManifest(dir: string): Promise<DataManifest> {
  const json = await readFile(join(dir, "manifest.json"), "utf8").catch(() => undefined);
  if (json === undefined)
    throw new TrainingError("invalid_data", `${dir} has no manifest.json; run \`cachalot prepare\` first`);
  return parseManifest(json, join(dir, "manifest.json"));
}

function tokenizerOf(dir: string): Promise<string> {
  return readFile(join(dir, "tokenizer.json"), "utf8").catch(() => "");
}

async function fingerprintOf(dir: string, manifest: unknown, files: ReadonlyMap<string, TokenFile>): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(manifest));
  hash.update(await tokenizerOf(dir));
  for (const [name, { tokens, mask, offsets }] of files) {
    hash.update(name);
    for (const array of [tokens, mask, offsets]) hash.update(array);
  }
  return hash.digest("hex").slice(0, 16);
}

const partSchema = z.looseObject({ policy: z.enum(["split", "cut"]) });
const manifestSchema = z.looseObject({
  parts: z.record(z.string(), partSchema),
  tokenizer: z.looseObject({ vocabSize: z.number().int().min(1), pad: z.number().int().min(0) }),
});

/** @throws TrainingError `invalid_data` where what a training reads of it is missing. */
function parseManifest(text: string, path: string): DataManifest {
  try {
    return manifestSchema.parse(JSON.parse(text)) as unknown as DataManifest;
  } catch (error) {
    const reason = error instanceof z.ZodError ? error.issues[0]!.path.join(".") : "not JSON";
    throw new TrainingError("invalid_data", `${path} is damaged (${reason}); run \`cachalot prepare\` again`);
  }
}

const epochSeed = (seed: number, epoch: number) => (seed + Math.imul(epoch, 0x9e3779b1)) >>> 0;

/** Deals rows to parts as evenly as their shares allow: which part row `n` is from, and its number in that part. */
export function pickPart(parts: Readonly<Record<string, number>>, n: number): { part: string; index: number } {
  const entries = Object.entries(parts).filter(([, share]) => share > 0);
  let rest = entries.reduce((sum, [, share]) => sum + share, 0);
  let index = n;
  for (const [part, share] of entries.slice(0, -1)) {
    const fraction = share / rest;
    const before = Math.floor(index * fraction + 1e-9);
    if (Math.floor((index + 1) * fraction + 1e-9) > before) return { part, index: before };
    index -= before;
    rest -= share;
  }
  const last = entries.at(-1);
  if (last) return { part: last[0], index };
  throw new TrainingError("invalid_recipe", "parts must name at least one part with a positive share");
}
