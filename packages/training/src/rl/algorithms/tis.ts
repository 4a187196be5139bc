/** Truncated importance sampling: corrects for an engine that differs from the trainer, with a bounded weight. */

import * as z from "zod";
import { centredAdvantages } from "../advantages.js";
import { defineAlgorithm } from "../algorithm.js";
import type { SampledSequence } from "../policy-gradient.js";
import { tokenPolicyGradient } from "../token-policy-gradient.js";

const schema = z.strictObject({
  clipLow: z.number().min(0).max(1).default(0.2),
  clipHigh: z.number().min(0).default(0.28),
  /** Largest weight pi_trainer / pi_engine. */
  maxWeight: z.number().positive().default(2),
});

/**
 * The clipped surrogate against the trainer's own old policy, each token weighted by min(pi_trainer_old / pi_engine, C):
 * the ratio then moves only with training, the weight only with the mismatch.
 */
export const tis = defineAlgorithm({
  name: "tis",
  description: "GRPO with truncated importance sampling between engine and trainer (2508.00271; C = maxWeight)",
  schema,
  needs: () => ["trainerOld"],
  advantages: centredAdvantages,
  policyGradient: (sequences, options) =>
    tokenPolicyGradient(
      sequences,
      options,
      (sequence, t) => {
        const mismatch = Math.exp(trainerOld(sequence)[t]! - sequence.oldLogprobs[t]!);
        return Math.min(mismatch, options.maxWeight) / (sequence.logprobs.length * sequences.length);
      },
      trainerOld,
    ),
});

/** Where engine and trainer are one, what the engine recorded is the trainer's own. */
function trainerOld({ trainerOldLogprobs, oldLogprobs }: SampledSequence): ArrayLike<number> {
  return trainerOldLogprobs ?? oldLogprobs;
}
