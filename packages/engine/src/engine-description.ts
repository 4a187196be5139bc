/** What an engine tells of itself, as plain data. */

import type { PrefixRun } from "./prefix-tree.js";

/** Since the engine was started; what is wanted are their differences. */
export interface EngineTotals {
  steps: number;
  /** Tokens sampled. */
  generated: number;
  /** Prompt tokens read, those found in the cache apart. */
  read: number;
  /** Guesses checked, and those that were right. */
  drafted: number;
  accepted: number;
  /** Sequences that gave their memory back to be read again. */
  preempted: number;
}

export interface SequenceDescription {
  id: number;
  status: "waiting" | "running";
  promptTokens: number;
  generatedTokens: number;
  /** Tokens of both that are in the cache. */
  heldTokens: number;
  /** Prompt tokens another sequence had read. */
  cachedTokens: number;
  blocks: number;
  /** Of its blocks, those it shares with other sequences. */
  sharedBlocks: number;
  wasPreempted: boolean;
}

export interface SchedulerDescription {
  sequences: SequenceDescription[];
  totals: EngineTotals;
  /** Blocks the prefix tree holds. */
  prefixBlocks: number;
  prefixes: PrefixRun[];
}

export interface EngineDescription extends Omit<SchedulerDescription, "prefixes"> {
  /** Of the worker's clock, in milliseconds. */
  at: number;
  blocks: { size: number; free: number; used: number; bytes: number; limitBytes: number };
  prefixes: (Omit<PrefixRun, "tokens"> & { text: string })[];
  maxSequences: number;
}
