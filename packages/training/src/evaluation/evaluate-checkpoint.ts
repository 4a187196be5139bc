import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type AttentionMode,
  checkpointConfig,
  loadParameters,
  loadTokenizer,
  type ModelConfig,
  NO_LOSS,
  type PackedBatch,
  type Tokenizer,
  withoutMtp,
} from "@cachalot/model";
import type { Device } from "@cachalot/tensor";
import { largestOf } from "../data/token-file.js";
import { TrainingError } from "../errors.js";
import { countTargets } from "../objectives/cross-entropy.js";
import { languageModelObjective } from "../objectives/language-model.js";
import { evaluateObjective } from "../stages/evaluate.js";
import { TrainableNetwork } from "../trainer/network.js";
import { type EvaluationData, evaluationBatches, evaluationData } from "./held-out-rows.js";

/** What held-out text costs a model. */
export interface HeldOutLoss {
  /** Mean cross-entropy in nats per token. */
  loss: number;
  /** e to the loss. */
  perplexity: number;
  /** Bits for each byte of the predicted text, comparable across tokenizers; null without a tokenizer. */
  bitsPerByte: number | null;
  /** Tokens that were predicted. */
  tokens: number;
}

export interface CheckpointEvaluation extends HeldOutLoss {
  checkpoint: string;
  attention: AttentionMode;
  /** Tokens per row. */
  seq: number;
  parts: Record<string, HeldOutLoss>;
}

export interface EvaluateOptions {
  device: Device;
  /** Default: sparse where the model has an indexer. */
  attention?: AttentionMode | undefined;
  /** Tokens per row; default 1024, or the model's context where that is shorter. */
  seq?: number | undefined;
  /** At most this many rows of each part; default all. */
  rows?: number | undefined;
}

/** Tokens in one forward pass. */
const TOKENS_AT_ONCE = 2048;
const SEQ = 1024;

/**
 * Loss of a checkpoint on held-out data: the same rows in the same order whichever checkpoint it is.
 * @param path prepared data, or a text, JSONL or Parquet file
 * @throws TrainingError `invalid_data`, `invalid_recipe`; ModelError for a bad checkpoint.
 */
export async function evaluateCheckpoint(
  checkpoint: string,
  path: string,
  { device, attention: wanted, seq: wantedSeq, rows }: EvaluateOptions,
): Promise<CheckpointEvaluation> {
  const config = withoutMtp(await checkpointConfig(checkpoint));
  const attention = wanted ?? (config.indexer ? "sparse" : "dense");
  if (attention === "sparse" && !config.indexer)
    throw new TrainingError("invalid_recipe", `${checkpoint} has no indexer; evaluate it with dense attention`);
  const seq = wantedSeq ?? Math.min(SEQ, config.maxPositionEmbeddings);
  if (seq < 2 || seq > config.maxPositionEmbeddings)
    throw new TrainingError(
      "invalid_recipe",
      `rows of ${seq} tokens do not fit ${checkpoint}; take from 2 to its context of ${config.maxPositionEmbeddings}`,
    );
  const json = await readFile(join(checkpoint, "tokenizer.json"), "utf8").then(JSON.parse, () => undefined);
  const data = await evaluationData(path, json);
  requireEmbedded(data, config, path);
  const tokenizer = json?.model ? await loadTokenizer(checkpoint) : undefined;
  const network = new TrainableNetwork(config, device, await loadParameters(checkpoint, config, device));
  try {
    const parts: Record<string, HeldOutLoss> = {};
    const totals: Totals[] = [];
    const batch = Math.max(1, Math.floor(TOKENS_AT_ONCE / seq));
    for (const part of data.parts) {
      const total = measure(network, attention, evaluationBatches(part, data.pad, { batch, seq, rows }), tokenizer);
      totals.push(total);
      parts[part.name] = lossOf([total]);
    }
    return { checkpoint, attention, seq, ...lossOf(totals), parts };
  } finally {
    network.dispose();
  }
}

interface Totals {
  nats: number;
  tokens: number;
  bytes: number | undefined;
}

function measure(
  network: TrainableNetwork,
  attention: AttentionMode,
  batches: readonly PackedBatch[],
  tokenizer: Tokenizer | undefined,
): Totals {
  const tokens = batches.reduce((sum, { targets }) => sum + countTargets(targets), 0);
  const { losses } = evaluateObjective({
    network,
    batches,
    objective: (ctx, batch) => languageModelObjective(ctx, network, batch, { attention, mtpWeight: 0 }),
  });
  return { nats: losses.lmLoss * tokens, tokens, bytes: tokenizer && bytesOf(batches, tokenizer) };
}

/** Bytes of text that the targets stand for: special tokens stand for none. */
function bytesOf(batches: readonly PackedBatch[], tokenizer: Tokenizer): number {
  const lengths = new Map<number, number>();
  const special = /^<｜[^｜]*｜>$|^<\/?think>$/;
  const lengthOf = (id: number) => {
    const known = lengths.get(id);
    if (known !== undefined) return known;
    const bytes = tokenizer.tokenBytes(id);
    const length = special.test(new TextDecoder().decode(bytes)) ? 0 : bytes.length;
    lengths.set(id, length);
    return length;
  };
  let bytes = 0;
  for (const { targets } of batches) for (const target of targets) if (target !== NO_LOSS) bytes += lengthOf(target);
  return bytes;
}

function lossOf(totals: readonly Totals[]): HeldOutLoss {
  const nats = totals.reduce((sum, total) => sum + total.nats, 0);
  const tokens = totals.reduce((sum, total) => sum + total.tokens, 0);
  const bytes = totals.reduce<number | undefined>(
    (sum, total) => (sum === undefined || total.bytes === undefined ? undefined : sum + total.bytes),
    0,
  );
  const loss = nats / Math.max(tokens, 1);
  return { loss, perplexity: Math.exp(loss), bitsPerByte: bytes ? nats / Math.LN2 / bytes : null, tokens };
}

/** @throws TrainingError `invalid_data` for tokens that the model does not have. */
function requireEmbedded({ parts }: EvaluationData, { vocabSize }: ModelConfig, path: string): void {
  for (const { name, file } of parts) {
    const largest = largestOf(file.tokens);
    if (largest < vocabSize) continue;
    throw new TrainingError(
      "invalid_data",
      `${path}: part "${name}" has token ids up to ${largest}, but the model's vocab_size is ${vocabSize}; prepare the data with the model's tokenizer`,
    );
  }
}
