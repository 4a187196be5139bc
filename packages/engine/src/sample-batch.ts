/** Sampling of a step: what a forward pass brings the sequences that have read all they have. */

import type { Tensor } from "@cachalot/tensor";
import type { Reading } from "./batch-plan.js";
import type { SequenceCache } from "./language-model.js";
import type { ObservedRows } from "./observation.js";
import { type Draft, type SampledToken, type SampleRequest, sample } from "./sampler.js";
import type { Sequence, SequenceUpdate } from "./sequence.js";

/** What a step means for one sequence. */
export interface Outcome<Cache extends SequenceCache> {
  sequence: Sequence<Cache>;
  update?: SequenceUpdate;
  error?: unknown;
}

/**
 * Samples the next token of every sequence that has read all it has, and one more where its draft was right; `logits` as
 * `plan` asked for them. Afterwards a cache holds all tokens of its sequence but the last, and no others.
 *
 * @param version of the weights
 */
export async function sampleBatch<Cache extends SequenceCache>(
  plan: readonly Reading<Cache>[],
  logits: Tensor | undefined,
  version: number,
): Promise<Outcome<Cache>[]> {
  const readings = plan.filter(({ scored }) => scored > 0);
  if (!logits) return [];
  const tokens = await sample(logits, readings.flatMap(requestsOf));
  let row = 0;
  return readings.map(({ sequence, draft, scored }) => {
    const outcome = advance(sequence, draft, tokens.slice(row, row + scored), version);
    row += scored;
    sequence.forgetOverread();
    return outcome;
  });
}

/** One row after the last token; where a draft stands behind it, that row checks the draft and another follows it. */
function requestsOf<Cache extends SequenceCache>({ sequence, draft }: Reading<Cache>): SampleRequest[] {
  return draft ? [sequence.sampleRequest(draft), sequence.sampleRequest()] : [sequence.sampleRequest()];
}

/** Adds the tokens of a step to its sequence: the second only where the first is the draft it was drawn behind. */
function advance<Cache extends SequenceCache>(
  sequence: Sequence<Cache>,
  draft: Draft | undefined,
  drawn: readonly (SampledToken | undefined)[],
  version: number,
): Outcome<Cache> {
  try {
    const first = sequence.advance(drawn[0], version);
    if (!draft) return { sequence, update: first };
    const accepted = drawn[0]?.token === draft.token;
    sequence.countDraft(accepted);
    if (!accepted || first.ended) return { sequence, update: first };
    const second = sequence.advance(drawn[1], version);
    return { sequence, update: joined(first, second) };
  } catch (error) {
    return { sequence, error };
  }
}

function joined(first: SequenceUpdate, second: SequenceUpdate): SequenceUpdate {
  return { ...second, text: first.text + second.text, logprobs: [...first.logprobs, ...second.logprobs] };
}

/**
 * Tells with the tokens of a step how they came about, where their sequence is observed.
 * @param past tokens each reading's sequence held before
 * @param observed of each reading
 */
export function addObservations<Cache extends SequenceCache>(
  plan: readonly Reading<Cache>[],
  past: readonly number[],
  observed: readonly (ObservedRows | undefined)[] | undefined,
  outcomes: readonly Outcome<Cache>[],
): void {
  if (!observed) return;
  for (const [i, { sequence, count }] of plan.entries()) {
    const update = outcomes.find((outcome) => outcome.sequence === sequence)?.update;
    const rows = observed[i];
    if (!update || !rows) continue;
    update.observed = rows
      .slice(0, update.logprobs.length)
      .map((row, j) => ({ position: past[i]! + count - 1 + j, ...row }));
  }
}
