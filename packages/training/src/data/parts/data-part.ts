import type { Tokenizer } from "tokenizers";
import type { DataRecipe } from "../data-recipe.js";
import type { DataSource } from "../data-source.js";
import type { DataManifest, SplitCounts } from "../manifest.js";
import type { TokenFileBuilder } from "../token-file.js";

export type Report = (done: number, total: number) => void;

/** What a recipe names, loaded: texts with their origins, and what conversations are made from. */
export interface LoadedMaterial {
  texts: readonly string[];
  origins: DataManifest["sources"];
  source: DataSource;
  conversationMaterial: unknown;
}

/** Documents of a part as tokens. */
export interface EncodedPart {
  train: TokenFileBuilder;
  heldout: TokenFileBuilder;
  /** Training documents by kind, where there are kinds. */
  kinds?: Record<string, SplitCounts>;
}

/** One part of a dataset, which a training recipe can weigh: a file in this folder and a line in `index.ts`. */
export interface DataPart {
  name: string;
  /** `split`: documents may go on in the next row; `cut`: they stay whole. */
  policy: "split" | "cut";
  /** What of it the tokenizer learns from, without special tokens. */
  tokenizerText(material: LoadedMaterial, recipe: DataRecipe): string[];
  encode(material: LoadedMaterial, recipe: DataRecipe, tokenizer: Tokenizer, report: Report): Promise<EncodedPart>;
}

/** What a builder holds. */
export const counts = ({ count, tokens, learnt }: TokenFileBuilder): SplitCounts => ({
  documents: count,
  tokens,
  learnt,
});
