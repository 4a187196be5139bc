import { type Equivalence, exactArithmetic } from "../math/equivalence.js";
import { answerText, type Reward } from "../reward.js";

/** The same value as the expected one, however it is written: `1/2`, `0.5`, `\frac{1}{2}`. null where that cannot be told. */
export function mathEquivalence<D>(
  expected: (data: D) => string,
  { equivalent = exactArithmetic, weight = 1 }: { equivalent?: Equivalence; weight?: number } = {},
): Reward<D> {
  return {
    name: "correct",
    weight,
    score(rollout) {
      const same = equivalent(answerText(rollout), expected(rollout.task.data));
      return same === null ? null : Number(same);
    },
  };
}
