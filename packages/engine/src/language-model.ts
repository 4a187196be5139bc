/** What the engine needs from a network and a tokenizer. `@cachalot/model` provides both; tests use tiny ones. */

/** What one sequence keeps of the tokens it has read. */
export interface SequenceCache {
  /** Tokens held. */
  readonly length: number;
  /** Memory in use. */
  readonly bytes: number;
  /** Forgets every token from `length` on. */
  truncate(length: number): void;
  dispose(): void;
}

export interface CausalLanguageModel<Cache extends SequenceCache> {
  /** An empty cache for up to `capacity` tokens. */
  createCache(capacity: number): Cache;
  /** Appends tokens to the cache; returns the logits `[vocab]` after the last. */
  prefill(tokens: Int32Array, cache: Cache): Float32Array;
  /** One token for each of several sequences; returns `[sequences, vocab]`. */
  decode(tokens: Int32Array, caches: readonly Cache[]): Float32Array;
  dispose(): void;
}

export interface EngineTokenizer {
  readonly vocabSize: number;
  readonly eosTokenId: number;
  /** Special tokens are recognised in the text; nothing is added. */
  encode(text: string): number[];
  /** The exact bytes of one token. */
  tokenBytes(id: number): Uint8Array;
  tokenToId(token: string): number | undefined;
}
