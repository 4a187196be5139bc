/** Bootstrap over problems: samples of one problem are not independent, so problems are drawn, not samples. */

import { random } from "./random.js";

const RESAMPLES = 4000;

/** 95 % interval of the mean of `values`, one for each problem. Seeded: the same values give the same interval. */
export function clusterInterval(values: readonly number[]): [low: number, high: number] {
  if (values.length === 0) return [0, 1];
  const draw = random(20_250_101);
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(draw() * values.length)]!;
    return sum / values.length;
  }).sort((a, b) => a - b);
  return [means[Math.floor(0.025 * RESAMPLES)]!, means[Math.ceil(0.975 * RESAMPLES) - 1]!];
}
