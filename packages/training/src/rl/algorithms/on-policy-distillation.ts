/** On-policy distillation: the student's own answers, judged token by token by a teacher's log-probabilities. */

import * as z from "zod";
import { defineAlgorithm } from "../algorithm.js";
import { countTokens, MetricsTally } from "../policy-gradient.js";

const schema = z.strictObject({
  /** Largest importance weight of a token that an older policy sampled. */
  maxRatio: z.number().positive().default(2),
});

/**
 * Minimises the reverse KL(student || teacher): the advantage of a token is log pi_teacher - log pi_theta, taken as a
 * constant. Rewards play no part.
 */
export const onPolicyDistillation = defineAlgorithm({
  name: "opd",
  description: "reverse KL to a teacher on the student's own samples (on-policy distillation, 2306.13649)",
  schema,
  needs: () => ["teacher"],
  learnsFromRewards: false,
  advantages: (rewards) => new Float64Array(rewards.length),
  policyGradient(sequences, { maxRatio }) {
    const tally = new MetricsTally();
    const tokens = countTokens(sequences);
    let loss = 0;
    const gradients = sequences.map(({ logprobs, oldLogprobs, teacherLogprobs }) =>
      Float64Array.from(logprobs, (logprob, t) => {
        const ratio = tally.ratio(logprob, oldLogprobs[t]!);
        const weight = Math.min(ratio, maxRatio);
        if (weight !== ratio) tally.clip("high");
        const divergence = logprob - teacherLogprobs![t]!;
        tally.addKl(divergence);
        loss += (weight * divergence) / tokens;
        return (weight * divergence) / tokens;
      }),
    );
    return { loss, gradients, metrics: tally.result(sequences.length) };
  },
});
