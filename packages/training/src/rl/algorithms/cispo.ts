/** CISPO: the importance weight is clipped, never the gradient, so that no token drops out of the update. */

import * as z from "zod";
import { standardizedAdvantages } from "../advantages.js";
import { defineAlgorithm } from "../algorithm.js";
import { countTokens, MetricsTally } from "../policy-gradient.js";

const schema = z.strictObject({
  /** The weight counts from 1 - clipLow ... */
  clipLow: z.number().min(0).max(1).default(1),
  /** ... to 1 + clipHigh. */
  clipHigh: z.number().min(0).default(4),
});

/** loss = - mean over tokens of stop(clip(r)) A log pi. */
export const cispo = defineAlgorithm({
  name: "cispo",
  description: "clipped importance weights on REINFORCE (CISPO, MiniMax-M1, 2506.13585)",
  schema,
  needs: () => [],
  advantages: standardizedAdvantages,
  policyGradient(sequences, { clipLow, clipHigh }) {
    const tally = new MetricsTally();
    const tokens = countTokens(sequences);
    let loss = 0;
    const gradients = sequences.map(({ logprobs, oldLogprobs, advantage }) =>
      Float64Array.from(logprobs, (logprob, t) => {
        const ratio = tally.ratio(logprob, oldLogprobs[t]!);
        const weight = Math.max(1 - clipLow, Math.min(1 + clipHigh, ratio));
        if (weight !== ratio) tally.clip(ratio > weight ? "high" : "low");
        loss -= (weight * advantage * logprob) / tokens;
        return (-weight * advantage) / tokens;
      }),
    );
    return { loss, gradients, metrics: tally.result(sequences.length) };
  },
});
