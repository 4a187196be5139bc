/** Which tokens a step reads. */

import type { SequenceCache } from "./language-model.js";
import type { Draft } from "./sampler.js";
import type { Sequence } from "./sequence.js";

/** Tokens one sequence reads in a step. */
export interface Reading<Cache extends SequenceCache> {
  sequence: Sequence<Cache>;
  /** Of its own tokens. */
  count: number;
  /** Read behind them, where they are all it has. */
  draft: Draft | undefined;
  /** Rows of logits wanted: none in the middle of a prompt, else after its last token and after the draft behind it. */
  scored: 0 | 1 | 2;
}

function readingOf<Cache extends SequenceCache>(sequence: Sequence<Cache>, count: number): Reading<Cache> {
  if (count < sequence.unread) return { sequence, count, draft: undefined, scored: 0 };
  return { sequence, count, draft: sequence.draft, scored: sequence.draft ? 2 : 1 };
}

/** How tokens share blocks. */
interface Blocks {
  blockSize: number;
  /** Tokens behind a block that its contents depend on. */
  lookahead: number;
}

/** Whether `b` would read what `a`, which comes before it, is reading: it gains by waiting. */
function waitsFor<Cache extends SequenceCache>(
  b: Sequence<Cache>,
  a: Sequence<Cache>,
  { blockSize, lookahead }: Blocks,
): boolean {
  const held = b.cache!.length;
  const end = (Math.floor(held / blockSize) + 1) * blockSize + lookahead;
  if (a.unread <= 1 || a.tokens.length < end || b.tokens.length <= end - lookahead) return false;
  if (a.cache!.length < held || !a.recordsAllOf(b)) return false;
  for (let i = 0; i < end; i++) if (a.tokens[i] !== b.tokens[i]) return false;
  return true;
}

/**
 * One token of every sequence that generates, and up to `chunk` tokens of prompts: shared evenly among those that read,
 * what one does not need going to the next. A sequence whose next block another is reading waits for it.
 */
export function planStep<Cache extends SequenceCache>(
  active: readonly Sequence<Cache>[],
  chunk: number,
  blocks: Blocks,
): Reading<Cache>[] {
  const plan: Reading<Cache>[] = [];
  const readers: Sequence<Cache>[] = [];
  for (const sequence of active) {
    if (sequence.unread === 1) plan.push(readingOf(sequence, 1));
    else if (!readers.some((other) => waitsFor(sequence, other, blocks))) readers.push(sequence);
  }
  let budget = chunk;
  // Those with least left first: what they leave over is the others'.
  readers.sort((a, b) => a.unread - b.unread);
  readers.forEach((sequence, i) => {
    const share = Math.ceil(budget / (readers.length - i));
    const count = Math.min(sequence.unread, share);
    if (count > 0) plan.push(readingOf(sequence, count));
    budget -= count;
  });
  return plan;
}
