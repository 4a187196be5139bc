import type { Reward } from "../reward.js";

/**
 * Takes from right answers what they cost: with the part it looks at, `correct - lambda * tokens / budget`. Wrong answers pay
 * nothing, so that trying longer is never worse than giving up. It stands behind that part in the rubric.
 *
 * @param lambda what an answer of the whole budget loses, in [0, 1)
 */
export function lengthPenalty(lambda: number, { of = "correct" }: { of?: string } = {}): Reward {
  if (!(lambda >= 0 && lambda < 1))
    throw new RangeError(`lambda must be in [0, 1), not ${lambda}: right must beat wrong`);
  return {
    name: "length",
    weight: -lambda,
    score({ tokens, task }, scores) {
      const right = scores[of];
      if (right === undefined || right === null) return null;
      return right * Math.min(1, tokens.sampled / task.budget.tokens);
    },
  };
}
