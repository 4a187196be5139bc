/** GSPO: one ratio for a whole sequence, the geometric mean of its tokens', clipped as one. */

import * as z from "zod";
import { standardizedAdvantages } from "../advantages.js";
import { defineAlgorithm } from "../algorithm.js";
import { clippedSurrogate } from "../clipped-surrogate.js";
import { MetricsTally } from "../policy-gradient.js";

const schema = z.strictObject({
  clipLow: z.number().min(0).max(1).default(3e-4),
  clipHigh: z.number().min(0).default(4e-4),
});

export const gspo = defineAlgorithm({
  name: "gspo",
  description: "sequence-level ratios, length-normalised (GSPO, 2507.18071)",
  schema,
  needs: () => [],
  advantages: standardizedAdvantages,
  policyGradient(sequences, options) {
    const tally = new MetricsTally();
    let loss = 0;
    const gradients = sequences.map(({ logprobs, oldLogprobs, advantage }) => {
      const length = logprobs.length;
      let logRatio = 0;
      for (let t = 0; t < length; t++) logRatio += (logprobs[t]! - oldLogprobs[t]!) / length;
      if (length === 0) return new Float64Array();
      const surrogate = clippedSurrogate(tally.ratio(logRatio, 0), advantage, options, tally);
      loss -= surrogate.value / sequences.length;
      return new Float64Array(length).fill(-surrogate.gradient / (length * sequences.length));
    });
    return { loss, gradients, metrics: tally.result(sequences.length) };
  },
});
