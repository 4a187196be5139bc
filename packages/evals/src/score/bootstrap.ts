/** Bootstrap over problems: samples of one problem are not independent, so problems are drawn, not samples. */

import { wilsonInterval } from "@cachalot/environments";
import { Random } from "@cachalot/tensor";

const RESAMPLES = 4000;

/**
 * 95 % interval of the mean of `values`, one for each problem. Seeded: the same values give the same interval. Where all are equal
 * a resample says nothing: then as much doubt is left as Wilson's interval has of a share that was never seen.
 *
 * @param least and `most`: the range that a value may have
 */
export function clusterInterval(values: readonly number[], least = 0, most = 1): [low: number, high: number] {
  if (values.length === 0) return [least, most];
  if (values.every((value) => value === values[0])) {
    const doubt = wilsonInterval(0, values.length)[1];
    return [Math.max(least, values[0]! - doubt), Math.min(most, values[0]! + doubt)];
  }
  const random = new Random(20_250_101);
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[random.integer(values.length)]!;
    return sum / values.length;
  }).sort((a, b) => a - b);
  return [means[Math.floor(0.025 * RESAMPLES)]!, means[Math.ceil(0.975 * RESAMPLES) - 1]!];
}
