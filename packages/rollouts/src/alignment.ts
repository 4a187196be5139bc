import { countSampled, type RolloutSequence } from "@cachalot/chat";
import { RolloutsError } from "./errors.js";

/**
 * Alignment of a token sequence: every array stands for the tokens it should, and log-probabilities are where tokens were sampled.
 * A mask that is off by one trains the wrong tokens and says nothing.
 *
 * @param name of the sequence, for messages
 * @throws RolloutsError `misaligned`
 */
export function requireAligned(sequence: RolloutSequence, name: string): void {
  const fail = (what: string): never => {
    throw new RolloutsError("misaligned", `${name}: ${what}; whoever made the rollout must mend it`);
  };
  const { ids, sampled, logprobs, rawLogprobs, versions, kept } = sequence;
  const tokens = ids.length;
  for (const [field, { length }] of Object.entries({ sampled, logprobs, rawLogprobs, versions }))
    if (length !== tokens) fail(`${field} has ${length} values for ${tokens} tokens`);
  for (let i = 0; i < tokens; i++) {
    const isSampled = sampled[i] === 1;
    if (!isSampled && sampled[i] !== 0) fail(`sampled[${i}] is ${sampled[i]}, neither 0 nor 1`);
    if (isSampled === Number.isNaN(logprobs[i]))
      fail(`token ${i} is ${isSampled ? "" : "not "}sampled, and its log-probability ${logprobs[i]}`);
  }
  const drawn = countSampled(sampled);
  if (kept && kept.counts.length !== drawn)
    fail(`kept sets of ${kept.counts.length} tokens, but ${drawn} were sampled`);
  const keptIds = kept?.counts.reduce((sum, count) => sum + count, 0);
  if (kept && kept.ids.length !== keptIds)
    fail(`kept sets have ${kept.ids.length} ids, and their counts say ${keptIds}`);
  for (const field of ["experts", "selection"] as const) {
    const record = sequence[field];
    if (!record) continue;
    const { shape, data } = record;
    if (shape[0] !== Math.max(0, tokens - 1))
      fail(`${field} has rows for ${shape[0]} tokens; the last of ${tokens} was not read`);
    if (data.length !== shape[0] * shape[1] * shape[2])
      fail(`${field} has ${data.length} numbers for a shape of ${shape}`);
  }
}
