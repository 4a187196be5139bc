/** Advantages of a group: how much better each answer to a prompt was than the group's mean. */

/** Rewards closer than this count as equal: floating-point sums of the same parts may differ in their last bits. */
const EQUAL = 1e-6;

/** Whether all answers of a group earned the same, so that it teaches nothing. */
export function isZeroVariance(rewards: ArrayLike<number>): boolean {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < rewards.length; i++) {
    min = Math.min(min, rewards[i]!);
    max = Math.max(max, rewards[i]!);
  }
  return !(max - min > EQUAL);
}

/** A = R - mean(R), not divided by the standard deviation: V3.2 (report section 3.1) and Dr. GRPO (2503.20783). */
export function centredAdvantages(rewards: ArrayLike<number>): Float64Array {
  let sum = 0;
  for (let i = 0; i < rewards.length; i++) sum += rewards[i]!;
  return Float64Array.from(rewards, (reward) => reward - sum / rewards.length);
}

/** A = (R - mean(R)) / std(R), the population's standard deviation: GRPO as first published (2402.03300), DAPO, GSPO. */
export function standardizedAdvantages(rewards: ArrayLike<number>): Float64Array {
  const centred = centredAdvantages(rewards);
  if (isZeroVariance(rewards)) return centred.fill(0);
  const deviation = Math.sqrt(centred.reduce((sum, a) => sum + a * a, 0) / centred.length);
  return centred.map((a) => a / deviation);
}
