/** What the engine needs from a network and a tokenizer. `@cachalot/model` provides both; tests use tiny ones. */

import type { RecordOptions } from "@cachalot/chat";
import type { RoutingRecord } from "@cachalot/model";
import type { Tensor } from "@cachalot/tensor";
import type { ObservedModel, ObservedRows, ObserveOptions } from "./observation.js";

/** The memory of all caches, in blocks of tokens that sequences may share. Blocks are counted by their users. */
export interface BlockPool {
  /** Tokens in a block. */
  readonly blockSize: number;
  /** Blocks in use. */
  readonly used: number;
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
  /** How many of its last tokens' logits are wanted: 0, 1, or 2 where the last one is a draft. */
  scored: number;
  /** What is wanted of every token's way through the network. */
  record: RecordOptions | undefined;
  /** What is wanted of its scored tokens' way through the network, to look at. */
  observe?: ObserveOptions | undefined;
}

export interface ForwardResult {
  /** `[scored tokens, vocab]`, on the device; the caller disposes it. Undefined where none are scored. */
  logits: Tensor | undefined;
  /** `[tokens, width]`, on the device: the states a model that drafts goes on from. The caller disposes it. */
  hidden?: Tensor | undefined;
  /** One per input. */
  records?: readonly (RoutingRecord | undefined)[];
  /** One per input, each with one entry per scored token. */
  observed?: readonly (ObservedRows | undefined)[];
}

/** Tokens of one sequence that the model has read and whose followers are known. */
export interface DraftInput<Cache> {
  cache: Cache;
  /** Position of the first. */
  past: number;
  /** Its row of the hidden states; the others follow. */
  row: number;
  /** `[tokens]`: what follows each of them */
  next: Int32Array;
  /** 1 where a draft is wanted, else 0. */
  scored: number;
}

export interface CausalLanguageModel<Cache extends SequenceCache> {
  readonly blocks: BlockPool;
  /** Of a model that can be observed. */
  readonly observedModel?: ObservedModel;
  /** A cache for up to `capacity` tokens that begins with full blocks of another. */
  createCache(capacity: number, prefix?: readonly number[]): Cache;
  /**
   * Appends tokens to caches, chunks of prompts and single tokens alike; returns the logits after the last tokens of each.
   * When it throws, no cache holds more than before.
   */
  forward(inputs: readonly SequenceInput<Cache>[]): Promise<ForwardResult>;
  /**
   * Where the model has a multi-token-prediction layer: reads with it what `forward` read, every token once and in order, and
   * returns the logits of the token after the next, `[scored tokens, vocab]`, which the caller disposes. Blocks hold what it
   * keeps too, so that each depends on one token more than it holds.
   */
  draft?(inputs: readonly DraftInput<Cache>[], hidden: Tensor): Tensor | undefined;
  /**
   * Replaces the weights by those of a checkpoint directory of the same architecture; when it throws, the old ones stay.
   * Caches keep what they hold.
   */
  load(dir: string): Promise<void>;
  dispose(): void;
}

export interface EngineTokenizer {
  readonly vocabSize: number;
  readonly eosTokenId: number;
  /** Tokens that end a sequence, `eosTokenId` among them. Default: that one only. */
  readonly endTokenIds?: readonly number[];
  /** Special tokens are recognised in the text; nothing is added. */
  encode(text: string): number[];
  /** The exact bytes of one token. */
  tokenBytes(id: number): Uint8Array;
  tokenToId(token: string): number | undefined;
}
