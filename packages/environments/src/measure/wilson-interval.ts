/**
 * The Wilson score interval of a share: where the true one lies, with 95 % confidence, after `successes` of `trials`. Unlike the
 * normal approximation it stays within [0, 1] and tells something at 0 and at all.
 *
 * @returns [0, 1] without trials
 */
export function wilsonInterval(successes: number, trials: number, z = 1.959964): [low: number, high: number] {
  if (trials === 0) return [0, 1];
  const share = successes / trials;
  const spread = z * Math.sqrt((share * (1 - share) + (z * z) / (4 * trials)) / trials);
  const centre = share + (z * z) / (2 * trials);
  const scale = 1 + (z * z) / trials;
  const [low, high] = [(centre - spread) / scale, (centre + spread) / scale];
  return [successes === 0 ? 0 : low, successes === trials ? 1 : high];
}
