/** Coarsening: an exact number as a range with round ends, so that the number itself does not stand in a question. */

import type { Draw } from "@cachalot/tensor";
import type { NumberRange } from "../corpora/corpus-kind.js";

const STEPS = [1, 1.5, 2, 3, 5, 7];

/** Round numbers in ascending order: 1, 1.5, 2, 3, 5, 7, 10, 15, ... */
function* roundNumbers(whole: boolean): Generator<number> {
  yield 0;
  for (let unit = 1; unit < 1e15; unit *= 10) {
    for (const step of STEPS) if (!whole || Number.isInteger(step * unit)) yield step * unit;
  }
}

/** Years are coarsened to about a decade, other numbers to round ends below and above. The value is always inside. */
export function coarsen(value: number, draw: Draw, whole = false): NumberRange {
  if (whole && value >= 1000 && value <= 2999) {
    const from = value - draw.integer(1, 6);
    return { from, to: from + draw.integer(7, 12) };
  }
  let below = 0;
  for (const number of roundNumbers(whole)) {
    if (number <= value * 0.9) below = number;
    if (number >= value * 1.1 && number > value) {
      if (below === 0) return { to: number };
      return value > 1e4 && draw.chance(0.15) ? { from: below } : { from: below, to: number };
    }
  }
  return { from: below };
}
