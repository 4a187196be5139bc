/** Speculative decoding: what the multi-token-prediction layer does behind each forward pass. */

import type { Tensor } from "@cachalot/tensor";
import type { Reading } from "./batch-plan.js";
import type { CausalLanguageModel, DraftInput, SequenceCache } from "./language-model.js";
import type { Outcome } from "./sample-batch.js";
import { DraftLogits, sample } from "./sampler.js";

/**
 * Reads with the layer what the model has just read and kept, and draws a draft for every sequence that has room for one. By
 * now the token behind each is known: of a prompt's chunk it is in the prompt, else it was sampled. So the layer never lags,
 * and no hidden state outlives its step.
 *
 * @param past tokens each reading's sequence held before
 * @param hidden `[tokens, width]` of all readings, drafts included
 */
export async function draftTokens<Cache extends SequenceCache>(
  model: CausalLanguageModel<Cache>,
  plan: readonly Reading<Cache>[],
  past: readonly number[],
  hidden: Tensor,
  outcomes: readonly Outcome<Cache>[],
): Promise<void> {
  const failed = new Set(outcomes.filter(({ error }) => error !== undefined).map(({ sequence }) => sequence));
  const drafting = outcomes
    .filter(({ update, sequence }) => update && !update.ended && !failed.has(sequence) && sequence.mayDraft)
    .map(({ sequence }) => sequence);
  const wanted = new Set(drafting);
  const inputs: DraftInput<Cache>[] = [];
  let row = 0;
  for (const [i, { sequence, count, draft }] of plan.entries()) {
    const { length } = sequence.cache!;
    const from = past[i]!;
    const next = Int32Array.from(sequence.tokens.slice(from + 1, length + 1));
    if (!failed.has(sequence))
      inputs.push({ cache: sequence.cache!, past: from, row, next, scored: Number(wanted.has(sequence)) });
    row += count + Number(draft !== undefined);
  }
  if (inputs.length === 0) return;
  const logits = model.draft!(inputs, hidden);
  // Readings are in the order of the plan, outcomes too: the rows are those of the sequences that draft.
  if (!logits) return;
  const source = new DraftLogits(logits, drafting.length);
  const requests = drafting.map((sequence) => sequence.draftRequest());
  const drawn = await sample(logits, requests).catch((error: unknown) => {
    logits.dispose();
    throw error;
  });
  for (const [i, sequence] of drafting.entries()) {
    const token = drawn[i]?.token;
    if (token === undefined) source.release();
    else sequence.draft = { token, source, row: i };
  }
}
