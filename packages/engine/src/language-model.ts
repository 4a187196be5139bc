/** What the engine needs from a network and a tokenizer. `@cachalot/model` provides both; tests use tiny ones. */

/** The memory of all caches, in blocks of tokens that sequences may share. Blocks are counted by their users. */
export interface BlockPool {
  /** Tokens in a block. */
  readonly blockSize: number;
  /** Most blocks there may be. */
  readonly limit: number;
  /** Blocks that can still be taken. */
  readonly free: number;
  usersOf(block: number): number;
  retain(block: number): void;
  release(block: number): void;
}

/** What one sequence keeps of the tokens it has read. */
export interface SequenceCache {
  /** Tokens held. */
  readonly length: number;
  /** The blocks they are in, in order; the last may not be full. */
  readonly blocks: readonly number[];
  dispose(): void;
}

/** New tokens of one sequence. */
export interface SequenceInput<Cache> {
  cache: Cache;
  tokens: Int32Array;
}

export interface CausalLanguageModel<Cache extends SequenceCache> {
  readonly blocks: BlockPool;
  /** A cache for up to `capacity` tokens that begins with full blocks of another. */
  createCache(capacity: number, prefix?: readonly number[]): Cache;
  /**
   * Appends tokens to caches, chunks of prompts and single tokens alike; returns the logits after the last token of each,
   * `[sequences, vocab]`. When it throws, no cache holds more than before.
   */
  forward(inputs: readonly SequenceInput<Cache>[]): Float32Array;
  /** A token for every row of logits `[rows, vocab]`; parameters `[rows, 4]` as `sampleTokens` of the tensor package. */
  sample(logits: Float32Array, parameters: Float32Array): Int32Array;
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
