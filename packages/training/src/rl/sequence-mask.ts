/** Off-policy sequence masking (report section 3.1): sequences the policy has moved away from do not push it further away. */

/**
 * Whether a sequence keeps its surrogate: it loses it where its advantage is negative and the mean of
 * log pi_old - log pi_theta over its tokens exceeds `delta`. pi_old is what the engine recorded, so that a difference between
 * engine and trainer counts, too. The KL term of a masked sequence stays.
 *
 * @param delta nats a token
 */
export function keepsSurrogate(
  advantage: number,
  logprobs: ArrayLike<number>,
  oldLogprobs: ArrayLike<number>,
  delta: number,
): boolean {
  if (advantage >= 0 || logprobs.length === 0) return true;
  let drift = 0;
  for (let t = 0; t < logprobs.length; t++) drift += oldLogprobs[t]! - logprobs[t]!;
  return drift / logprobs.length <= delta;
}
