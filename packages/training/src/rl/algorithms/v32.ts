/** GRPO as DeepSeek-V3.2 stabilises it (report section 3.1). */

import * as z from "zod";
import { centredAdvantages } from "../advantages.js";
import { defineAlgorithm } from "../algorithm.js";
import { clippedSurrogate } from "../clipped-surrogate.js";
import { klEstimate } from "../kl-estimate.js";
import { MetricsTally } from "../policy-gradient.js";
import { keepsSurrogate } from "../sequence-mask.js";

const schema = z.strictObject({
  clipLow: z.number().min(0).max(1).default(0.2),
  clipHigh: z.number().min(0).default(0.28),
  /** Weight of the KL term; the report allows 0 for some domains. */
  beta: z.number().min(0).default(0.01),
  kl: z.enum(["unbiased", "k3"]).default("unbiased"),
  /** Nats a token from which on a sequence with a negative advantage is masked; null switches the mask off. */
  sequenceMaskDelta: z.number().min(0).nullable().default(0.1),
});

/**
 * J = mean over sequences of 1/|o| sum over tokens of min(r A, clip(r) A) M - beta KL. The mask M applies to the surrogate
 * only; r stays inside the gradient of the KL.
 */
export const v32 = defineAlgorithm({
  name: "v32",
  description: "GRPO with unbiased KL and off-policy sequence masking (DeepSeek-V3.2, section 3.1)",
  schema,
  needs: ({ beta }) => (beta > 0 ? ["reference"] : []),
  advantages: centredAdvantages,
  policyGradient(sequences, options) {
    const tally = new MetricsTally();
    let loss = 0;
    const gradients = sequences.map(({ logprobs, oldLogprobs, refLogprobs, advantage }) => {
      const length = logprobs.length;
      const gradient = new Float64Array(length);
      const weight = 1 / (length * sequences.length);
      const { beta, kl, sequenceMaskDelta: delta } = options;
      const kept = delta === null || keepsSurrogate(advantage, logprobs, oldLogprobs, delta);
      if (!kept) tally.dropSequence();
      for (let t = 0; t < length; t++) {
        const ratio = tally.ratio(logprobs[t]!, oldLogprobs[t]!);
        if (kept) {
          const surrogate = clippedSurrogate(ratio, advantage, options, tally);
          loss -= weight * surrogate.value;
          gradient[t] = -weight * surrogate.gradient;
        }
        if (beta > 0 && refLogprobs) {
          const estimate = klEstimate(kl, logprobs[t]!, refLogprobs[t]!, ratio);
          tally.addKl(estimate.value);
          loss += weight * beta * estimate.value;
          gradient[t]! += weight * beta * estimate.gradient;
        }
      }
      return gradient;
    });
    return { loss, gradients, metrics: tally.result(sequences.length) };
  },
});
