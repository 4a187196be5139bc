/** Exponential moving average, corrected for its beginning; a weight of 0 leaves values as they are. */
export function smooth(values: readonly number[], weight: number): number[] {
  if (weight === 0) return [...values];
  let [mean, mass] = [0, 0];
  return values.map((value) => {
    mean = weight * mean + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    return mean / mass;
  });
}
