/** Dr. GRPO: neither the deviation of rewards nor the length of an answer weighs its tokens. */

import * as z from "zod";
import { centredAdvantages } from "../advantages.js";
import { defineAlgorithm } from "../algorithm.js";
import { tokenPolicyGradient } from "../token-policy-gradient.js";

const schema = z.strictObject({
  clipLow: z.number().min(0).max(1).default(0.2),
  clipHigh: z.number().min(0).default(0.2),
  /** The constant that takes the place of an answer's length: most tokens an answer may have. */
  maxTokens: z.number().int().positive(),
});

export const drGrpo = defineAlgorithm({
  name: "dr-grpo",
  description: "a constant instead of the length, no standard deviation (Dr. GRPO, 2503.20783)",
  schema,
  needs: () => [],
  advantages: centredAdvantages,
  policyGradient: (sequences, options) =>
    tokenPolicyGradient(sequences, options, () => 1 / (options.maxTokens * Math.max(sequences.length, 1))),
});
