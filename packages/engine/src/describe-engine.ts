/** Introspection: what an engine is doing, for people who watch it. Read between steps, when somebody asks. */

import type { EngineDescription, SchedulerDescription, SequenceDescription } from "./engine-description.js";
import type { BlockPool, EngineTokenizer, SequenceCache } from "./language-model.js";
import type { Sequence } from "./sequence.js";
import { TokenDecoder } from "./token-text.js";

/** Most runs of the prefix tree that are told. */
const MOST_RUNS = 200;

export function describeSequence<Cache extends SequenceCache>(
  { id, status, promptLength, tokens, cache, cachedTokens, wasPreempted }: Sequence<Cache>,
  pool: BlockPool,
): SequenceDescription {
  const blocks = cache?.blocks ?? [];
  return {
    id,
    status: status === "running" ? "running" : "waiting",
    promptTokens: promptLength,
    generatedTokens: tokens.length - promptLength,
    heldTokens: cache?.length ?? 0,
    cachedTokens: Math.min(cachedTokens, promptLength),
    blocks: blocks.length,
    // The tree is a user of what it holds, not a sequence: only from three on does another sequence read the block for certain.
    sharedBlocks: blocks.filter((block) => pool.usersOf(block) > 2).length,
    wasPreempted,
  };
}

export function describeEngine(
  scheduler: { describe(limit: number): SchedulerDescription },
  pool: BlockPool,
  tokenizer: EngineTokenizer,
  maxSequences: number,
): EngineDescription {
  const { prefixes, ...described } = scheduler.describe(MOST_RUNS);
  const { blockSize: size, free, usedBytes: bytes, limitBytes, used } = pool;
  return {
    ...described,
    at: performance.now(),
    blocks: { size, free, used, bytes, limitBytes },
    prefixes: prefixes.map(({ tokens, ...run }) => {
      const decoder = new TokenDecoder(tokenizer);
      return { ...run, text: tokens.map((token) => decoder.push(token)).join("") };
    }),
    maxSequences,
  };
}
