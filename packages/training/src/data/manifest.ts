export interface SplitCounts {
  documents: number;
  tokens: number;
  /** Tokens with loss. */
  learnt: number;
}

export interface DataManifest {
  /** Hash of the recipe, its files and the version of their preparation. */
  key: string;
  seed: number;
  tokenizer: { vocabSize: number; bos: number; eos: number; pad: number };
  /** `split`: documents may go on in the next row; `cut`: they stay whole. */
  parts: Record<string, { policy: "split" | "cut"; train: SplitCounts; heldout: SplitCounts }>;
  /** Conversations by kind, training split. */
  kinds: Record<string, SplitCounts>;
  /** Where the text comes from. */
  sources: {
    /** A corpus, or a file. */
    name: string;
    package?: string;
    version?: string;
    sha256: string;
    bytes: number;
    licence?: string;
    source?: string;
    documents: number;
    characters: number;
  }[];
  charactersPerToken: number;
}

/** The manifest as a few lines for people. */
export function formatManifest({ tokenizer, parts, kinds, sources, charactersPerToken }: DataManifest): string {
  const number = new Intl.NumberFormat("en-US");
  const line = (name: string, { documents, tokens, learnt }: SplitCounts) =>
    `${name.padEnd(16)} ${number.format(documents).padStart(9)} documents ${number.format(tokens).padStart(12)} tokens ` +
    `${number.format(learnt).padStart(12)} learnt`;
  return [
    `vocabulary ${tokenizer.vocabSize}, ${charactersPerToken} characters per token of text`,
    ...Object.entries(parts).flatMap(([part, { train, heldout }]) => [
      line(`${part} train`, train),
      line(`${part} held out`, heldout),
    ]),
    ...Object.entries(kinds).map(([kind, counts]) => line(`  ${kind}`, counts)),
    ...sources.map((s) => {
      const origin = s.package === undefined ? "" : `, ${s.package} ${s.version}, ${s.licence}`;
      return `  ${s.name}: ${number.format(s.documents)} documents, ${number.format(s.characters)} characters${origin}`;
    }),
  ].join("\n");
}
