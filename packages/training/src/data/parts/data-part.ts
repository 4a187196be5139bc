import type { Tokenizer } from "tokenizers";
import type * as z from "zod";
import type { DataSource } from "../data-source.js";
import type { DataManifest, SplitCounts } from "../manifest.js";
import type { TokenFileBuilder } from "../token-file.js";

export type Report = (done: number, total: number) => void;

/** What a part is made with. */
export interface PartContext {
  /** The part's name in the dataset. */
  name: string;
  /** Where its files lie: the recipe's folder. */
  dir: string;
  /** Where what is downloaded is kept. */
  cacheDir: string;
  seed: number;
  /** Share of documents kept from training. */
  heldOut: number;
  /** The material of a module that a part names. */
  loadSource(module: string): Promise<DataSource>;
}

/** Documents of a part as tokens. */
export interface EncodedPart {
  train: TokenFileBuilder;
  heldout: TokenFileBuilder;
  /** Training documents by kind, where there are kinds. */
  kinds?: Record<string, SplitCounts>;
}

/** A part's documents, before there is a tokenizer. */
export interface PartMaterial {
  /** `split`: documents may go on in the next row; `cut`: they stay whole. */
  policy: "split" | "cut";
  origins: DataManifest["sources"];
  /** What the tokenizer learns from, without special tokens. */
  tokenizerText(): readonly string[];
  encode(tokenizer: Tokenizer, builders: () => TokenFileBuilder, report: Report): Promise<EncodedPart>;
  /** Some held-out documents, to look at. */
  samples(): readonly unknown[];
}

/** A kind of part: a file in this folder and a line in `index.ts`. `Options` are its fields in a data recipe. */
export interface PartKind<Options> {
  /** `kind` in a recipe. */
  kind: string;
  /** Files it reads, absolute: data are made again when one of them changed. */
  files?(options: Options, context: PartContext): Promise<string[]>;
  /** @throws TrainingError `invalid_data` naming file and line of what cannot be learnt from. */
  load(options: Options, context: PartContext): Promise<PartMaterial>;
}

/** A kind with the schema of its part of a recipe: an object whose `kind` is the literal of its name. */
export function definePart<Schema extends z.ZodObject>(
  part: PartKind<z.output<Schema>> & { schema: Schema },
): PartKind<z.output<Schema>> & { schema: Schema } {
  return part;
}

/** What a builder holds. */
export const counts = ({ count, tokens, learnt }: TokenFileBuilder): SplitCounts => ({
  documents: count,
  tokens,
  learnt,
});

/** Special tokens of the chat template: a tokenizer is given them, and does not learn them. */
const SPECIAL = /<｜[^｜]*｜>|<\/?think>|｜DSML｜/g;

export const withoutSpecialTokens = (text: string): string => text.replace(SPECIAL, "\n");
