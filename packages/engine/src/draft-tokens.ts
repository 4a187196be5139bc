/** What the multi-token-prediction layer does behind each forward pass. */

import type { Reading } from "./batch-plan.js";
import type { Outcome } from "./draw-tokens.js";
import type { CausalLanguageModel, DraftInput, SequenceCache } from "./language-model.js";
import { drawFrom, tokenDistribution } from "./token-distribution.js";

/**
 * Reads with the layer what the model has just read and kept, and draws a draft for every sequence that has room for one. By
 * now the token behind each is known: of a prompt's chunk it is in the prompt, else it was drawn. So the layer never lags, and
 * no hidden state outlives its step.
 *
 * @param past tokens each reading's sequence held before
 * @param hidden `[tokens, width]` of all readings, drafts included
 */
export function draftTokens<Cache extends SequenceCache>(
  model: CausalLanguageModel<Cache>,
  plan: readonly Reading<Cache>[],
  past: readonly number[],
  hidden: Float32Array,
  outcomes: readonly Outcome<Cache>[],
): void {
  const failed = new Set(outcomes.filter(({ error }) => error !== undefined).map(({ sequence }) => sequence));
  const drafting = outcomes
    .filter(({ update, sequence }) => update && !update.ended && !failed.has(sequence) && sequence.mayDraft)
    .map(({ sequence }) => sequence);
  const wanted = new Set(drafting);
  const width = hidden.length / plan.reduce((sum, { count, draft }) => sum + count + Number(draft !== undefined), 0);
  const inputs: DraftInput<Cache>[] = [];
  let at = 0;
  for (const [i, { sequence, count, draft }] of plan.entries()) {
    const { length } = sequence.cache!;
    const from = past[i]!;
    const states = hidden.subarray(at, at + (length - from) * width);
    at += (count + Number(draft !== undefined)) * width;
    if (failed.has(sequence)) continue;
    const next = Int32Array.from(sequence.tokens.slice(from + 1, length + 1));
    inputs.push({ cache: sequence.cache!, past: from, next, hidden: states, scored: Number(wanted.has(sequence)) });
  }
  if (inputs.length === 0) return;
  const logits = model.draft!(inputs);
  const vocab = logits.length / drafting.length;
  for (const [i, sequence] of drafting.entries()) {
    const distribution = tokenDistribution(logits.subarray(i * vocab, (i + 1) * vocab), sequence.command);
    if (distribution) sequence.draft = { token: drawFrom(distribution, sequence.random()), distribution };
  }
}
