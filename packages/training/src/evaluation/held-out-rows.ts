import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { PackedBatch } from "@cachalot/model";
import { readManifest } from "../data/dataset.js";
import { emptyBatch, packRows, writeRow } from "../data/packing.js";
import { type Document, encodeDocuments } from "../data/rows/document.js";
import { jsonLines } from "../data/rows/json-lines.js";
import { parquetRows } from "../data/rows/parquet-rows.js";
import { rowsToDocuments } from "../data/rows/rows-to-documents.js";
import { textFileDocuments } from "../data/rows/text-files.js";
import { isWide, readTokenFile, type TokenFile, TokenFileBuilder } from "../data/token-file.js";
import { TrainingError } from "../errors.js";
import { openTokenizer, vocabularySize } from "../tokenizer/given.js";

/** Documents to evaluate on, as a checkpoint's tokenizer has them. */
export interface EvaluationPart {
  name: string;
  policy: "split" | "cut";
  file: TokenFile;
}

export interface EvaluationData {
  parts: EvaluationPart[];
  pad: number;
}

/**
 * The held-out documents of prepared data; or all documents of a text, JSONL or Parquet file, in the checkpoint's tokens.
 * @param tokenizerJson the checkpoint's, undefined where it has none
 * @throws TrainingError `invalid_data` where the data are not in the checkpoint's tokens.
 */
export async function evaluationData(
  path: string,
  tokenizerJson: Record<string, unknown> | undefined,
): Promise<EvaluationData> {
  const extension = extname(path).toLowerCase();
  if (extension === ".jsonl" || extension === ".parquet" || extension === ".txt" || extension === ".md")
    return ofFile(path, extension, tokenizerJson);
  return prepared(path, tokenizerJson);
}

async function prepared(dir: string, tokenizerJson: Record<string, unknown> | undefined): Promise<EvaluationData> {
  // What is trained on may be large, and is not needed.
  const manifest = await readManifest(dir);
  const own = await readFile(join(dir, "tokenizer.json"), "utf8").then(JSON.parse, () => undefined);
  if (own?.model && tokenizerJson?.model && !sameTokens(own, tokenizerJson))
    throw new TrainingError(
      "invalid_data",
      `${dir} was prepared with another tokenizer than the checkpoint's; evaluate the text, JSONL or Parquet file itself, or prepare it with "tokenizer": the checkpoint`,
    );
  const parts: EvaluationPart[] = [];
  for (const [name, { policy }] of Object.entries(manifest.parts)) {
    const file = await readTokenFile(dir, `${name}.heldout`, isWide(manifest.tokenizer.vocabSize));
    if (file.tokens.length > 0) parts.push({ name, policy, file });
  }
  if (parts.length === 0)
    throw new TrainingError("invalid_data", `${dir} holds nothing out; prepare it with heldOut above 0`);
  return { parts, pad: manifest.tokenizer.pad };
}

interface TokenizerJson {
  model?: { vocab?: unknown };
  added_tokens?: unknown;
}

function sameTokens(a: TokenizerJson, b: TokenizerJson): boolean {
  return isDeepStrictEqual(a.model?.vocab, b.model?.vocab) && isDeepStrictEqual(a.added_tokens, b.added_tokens);
}

async function ofFile(
  path: string,
  extension: string,
  tokenizerJson: Record<string, unknown> | undefined,
): Promise<EvaluationData> {
  if (!tokenizerJson)
    throw new TrainingError(
      "invalid_data",
      `the checkpoint has no tokenizer.json to read ${path} with; put it beside the weights`,
    );
  const tokenizer = openTokenizer(tokenizerJson, "the checkpoint's tokenizer.json");
  const builder = new TokenFileBuilder(isWide(vocabularySize(tokenizer)));
  const documents = await documentsOf(path, extension);
  await encodeDocuments(documents, tokenizer, builder, () => {});
  const policy = documents.every(({ splits }) => splits) ? "split" : "cut";
  // A padded token is never read: any id does.
  return { parts: [{ name: extension.slice(1), policy, file: builder.build() }], pad: 0 };
}

async function documentsOf(path: string, extension: string): Promise<Document[]> {
  if (extension === ".jsonl") return (await rowsToDocuments([path], jsonLines, {})).documents;
  if (extension === ".parquet") return (await rowsToDocuments([path], parquetRows, {})).documents;
  return (await textFileDocuments([path])).documents;
}

/** Rows of a part in a fixed order, each once: the same for every checkpoint. */
export function evaluationBatches(
  { policy, file }: EvaluationPart,
  pad: number,
  { batch, seq, rows: most }: RowRequest,
): PackedBatch[] {
  const rows = packRows(file.offsets, seq, policy, 0).slice(0, most);
  return Array.from({ length: Math.ceil(rows.length / batch) }, (_, i) => {
    const some = rows.slice(i * batch, (i + 1) * batch);
    const out = emptyBatch(some.length, seq, pad);
    for (const [b, row] of some.entries()) writeRow(out, b, row, file);
    return out;
  });
}

export interface RowRequest {
  /** Rows at once. */
  batch: number;
  /** Tokens per row. */
  seq: number;
  /** At most this many rows of each part. */
  rows?: number | undefined;
}
