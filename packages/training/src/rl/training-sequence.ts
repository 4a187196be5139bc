/** What the trainer keeps of a rollout: token sequences with what the policy sampled in them, and what each is worth. */

import type { Rollout, RolloutSequence } from "@cachalot/chat";
import { TrainingError } from "../errors.js";

/** One token sequence to learn from. */
export interface TrainingSequence extends Pick<RolloutSequence, "ids" | "kept" | "experts" | "selection"> {
  /** The rollout it is of. */
  rollout: string;
  /** Sequences of one group share a prompt. */
  group: string;
  /** Positions of the sampled tokens, `[n]`, ascending, from 1. */
  sampledAt: Int32Array;
  /** Log-probabilities as the sampler recorded them, `[n]`. */
  oldLogprobs: Float64Array;
  temperature: number;
  advantage: number;
}

/**
 * The sequences of a rollout in which something was sampled.
 * @throws TrainingError `invalid_rollout` for records that do not fit together.
 */
export function trainingSequences(rollout: Rollout, advantage: number): TrainingSequence[] {
  return rollout.sequences.flatMap((sequence, i) => {
    const { ids, sampled, logprobs, kept, experts, selection } = sequence;
    const sampledAt = Int32Array.from(sampled.keys()).filter((t) => sampled[t] === 1);
    if (sampledAt.length === 0) return [];
    requireWhole(sequence, sampledAt, `rollout ${rollout.id}, sequence ${i}`);
    return [
      {
        rollout: rollout.id,
        group: rollout.group,
        ids,
        ...(kept ? { kept } : {}),
        ...(experts ? { experts } : {}),
        ...(selection ? { selection } : {}),
        sampledAt,
        oldLogprobs: Float64Array.from(sampledAt, (t) => logprobs[t]!),
        temperature: rollout.sampling.temperature,
        advantage,
      },
    ];
  });
}

function requireWhole(
  { ids, sampled, logprobs, kept, experts, selection }: RolloutSequence,
  sampledAt: Int32Array,
  where: string,
): void {
  const refuse = (reason: string) => {
    throw new TrainingError("invalid_rollout", `${where}: ${reason}; the record is damaged: sample it again`);
  };
  if (sampled.length !== ids.length || logprobs.length !== ids.length)
    refuse(`${ids.length} ids, but ${sampled.length} marks and ${logprobs.length} log-probabilities`);
  if (sampledAt[0] === 0) refuse("its first token is marked as sampled, but nothing stands before it");
  const broken = sampledAt.find((t) => !Number.isFinite(logprobs[t]!));
  if (broken !== undefined) refuse(`token ${broken} was sampled, but has no log-probability`);
  for (const [name, rows] of [
    ["experts", experts],
    ["selection", selection],
  ] as const)
    if (rows && rows.shape[0] < ids.length - 1)
      refuse(`${name} of ${rows.shape[0]} tokens, where ${ids.length - 1} were read`);
  if (!kept) return;
  if (kept.counts.length !== sampledAt.length)
    refuse(`${kept.counts.length} kept sets for ${sampledAt.length} sampled tokens`);
  let from = 0;
  kept.counts.forEach((count, j) => {
    const set = kept.ids.subarray(from, from + count);
    if (count > 0 && !set.includes(ids[sampledAt[j]!]!)) refuse(`kept set ${j} lacks the token drawn from it`);
    from += count;
  });
  if (from !== kept.ids.length) refuse(`${kept.ids.length} kept ids, but counts of ${from}`);
}
