/** DAPO: clip-higher and a mean over all tokens of the batch, so that long answers are not diluted. */

import * as z from "zod";
import { standardizedAdvantages } from "../advantages.js";
import { defineAlgorithm } from "../algorithm.js";
import { countTokens } from "../policy-gradient.js";
import { tokenPolicyGradient } from "../token-policy-gradient.js";

const schema = z.strictObject({
  clipLow: z.number().min(0).max(1).default(0.2),
  clipHigh: z.number().min(0).default(0.28),
});

export const dapo = defineAlgorithm({
  name: "dapo",
  description: "token-level mean, clip-higher, no KL (DAPO, 2503.14476)",
  schema,
  needs: () => [],
  advantages: standardizedAdvantages,
  policyGradient(sequences, options) {
    const tokens = countTokens(sequences);
    return tokenPolicyGradient(sequences, options, () => 1 / tokens);
  },
});
