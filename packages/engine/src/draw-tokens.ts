/** From logits to tokens: what a forward pass brings the sequences that have read all they have. */

import type { Reading } from "./batch-plan.js";
import type { CausalLanguageModel, SequenceCache } from "./language-model.js";
import type { Sequence, SequenceUpdate } from "./sequence.js";
import { acceptOrReplace } from "./speculative-sampling.js";
import { tokenDistribution } from "./token-distribution.js";
import { noFiniteLogits } from "./token-scores.js";

/** What a step means for one sequence. */
export interface Outcome<Cache extends SequenceCache> {
  sequence: Sequence<Cache>;
  update?: SequenceUpdate;
  error?: unknown;
}

/** Rows of logits a reading asks for: after its last token, and after the draft behind it. */
export function scoredBy({ draft }: Reading<SequenceCache>): number {
  return draft ? 2 : 1;
}

/**
 * Draws the next token of every sequence that has read all it has, and one more where its draft was right; `logits` as `plan`
 * asked for them. Afterwards a cache holds all tokens of its sequence but the last, and no others.
 */
export function drawTokens<Cache extends SequenceCache>(
  model: CausalLanguageModel<Cache>,
  plan: readonly Reading<Cache>[],
  logits: Float32Array,
): Outcome<Cache>[] {
  const vocab = logits.length / plan.reduce((sum, reading) => sum + scoredBy(reading), 0);
  const outcomes: Outcome<Cache>[] = [];
  const sampled: { outcome: Outcome<Cache>; logits: Float32Array }[] = [];
  let at = 0;
  for (const reading of plan) {
    const { sequence, draft } = reading;
    const own = logits.subarray(at, at + scoredBy(reading) * vocab);
    at += own.length;
    if (!draft && sequence.unread > 0) continue;
    const outcome: Outcome<Cache> = { sequence };
    outcomes.push(outcome);
    if (!draft || checkDraft(outcome, own.subarray(0, vocab)))
      sampled.push({ outcome, logits: own.subarray(own.length - vocab) });
  }
  sampleTogether(model, sampled, logits);
  for (const { sequence } of outcomes) {
    const { cache, tokens } = sequence;
    if (cache && cache.length >= tokens.length) cache.truncate(tokens.length - 1);
  }
  return outcomes;
}

/** Decides on a sequence's draft; tells whether the logits behind it count. */
function checkDraft<Cache extends SequenceCache>(outcome: Outcome<Cache>, logits: Float32Array): boolean {
  const { sequence } = outcome;
  const draft = sequence.draft!;
  sequence.draft = undefined;
  sequence.drafts.drafted++;
  let isRight = false;
  attempt(outcome, () => {
    const distribution = tokenDistribution(logits, sequence.command);
    if (!distribution) throw noFiniteLogits();
    const { token, accepted } = acceptOrReplace(draft, distribution, sequence.random);
    if (accepted) sequence.drafts.accepted++;
    const update = sequence.advance(token, logits);
    isRight = accepted && !update.ended;
    return update;
  });
  return isRight;
}

function sampleTogether<Cache extends SequenceCache>(
  model: CausalLanguageModel<Cache>,
  rows: readonly { outcome: Outcome<Cache>; logits: Float32Array }[],
  all: Float32Array,
): void {
  if (rows.length === 0) return;
  const vocab = rows[0]!.logits.length;
  const together = rows.length * vocab === all.length ? all : new Float32Array(rows.length * vocab);
  if (together !== all) for (const [i, { logits }] of rows.entries()) together.set(logits, i * vocab);
  const parameters = Float32Array.from(rows.flatMap(({ outcome }) => outcome.sequence.sampling()));
  const tokens = model.sample(together, parameters);
  for (const [i, { outcome, logits }] of rows.entries())
    attempt(outcome, () => outcome.sequence.advance(tokens[i]!, logits));
}

/** Adds an update to an outcome, or the error that came instead. */
function attempt<Cache extends SequenceCache>(outcome: Outcome<Cache>, advance: () => SequenceUpdate): void {
  try {
    const before = outcome.update;
    const update = advance();
    outcome.update = before
      ? { ...update, text: before.text + update.text, logprobs: [...before.logprobs, ...update.logprobs] }
      : update;
  } catch (error) {
    outcome.error = error;
  }
}
