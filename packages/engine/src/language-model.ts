/** What the engine needs from a network and a tokenizer. `@cachalot/model` provides both; tests use tiny ones. */

/** The memory of all caches, in blocks of tokens that sequences may share. Blocks are counted by their users. */
export interface BlockPool {
  /** Tokens in a block. */
  readonly blockSize: number;
  /** Blocks that can still be taken. */
  readonly free: number;
  /** What all blocks taken so far need of the machine's memory. */
  readonly usedBytes: number;
  /** The most they may need. */
  readonly limitBytes: number;
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
  /** Forgets every token from `length` on. */
  truncate(length: number): void;
  dispose(): void;
}

/** New tokens of one sequence. */
export interface SequenceInput<Cache> {
  cache: Cache;
  tokens: Int32Array;
  /** How many of its last tokens' logits are wanted: 1, or 2 where the last one is a draft. */
  scored: number;
}

export interface ForwardResult {
  /** `[scored tokens, vocab]` */
  logits: Float32Array;
  /** `[tokens, width]`: the states a model that drafts goes on from */
  hidden?: Float32Array;
}

/** Tokens of one sequence that the model has read and whose followers are known. */
export interface DraftInput<Cache> {
  cache: Cache;
  /** Position of the first. */
  past: number;
  /** `[tokens]`: what follows each of them */
  next: Int32Array;
  /** `[tokens, width]` of the forward pass that read them */
  hidden: Float32Array;
  /** 1 where a draft is wanted, else 0. */
  scored: number;
}

export interface CausalLanguageModel<Cache extends SequenceCache> {
  readonly blocks: BlockPool;
  /** A cache for up to `capacity` tokens that begins with full blocks of another. */
  createCache(capacity: number, prefix?: readonly number[]): Cache;
  /**
   * Appends tokens to caches, chunks of prompts and single tokens alike; returns the logits after the last tokens of each.
   * When it throws, no cache holds more than before.
   */
  forward(inputs: readonly SequenceInput<Cache>[]): ForwardResult;
  /**
   * Where the model has a multi-token-prediction layer: reads with it what `forward` read, every token once and in order, and
   * returns the logits of the token after the next, `[scored tokens, vocab]`. Blocks hold what it keeps too, so that each
   * depends on one token more than it holds.
   */
  draft?(inputs: readonly DraftInput<Cache>[]): Float32Array;
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
