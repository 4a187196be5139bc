import { type Equivalence, exactArithmetic } from "../math/equivalence.js";
import { isMathematics } from "../math/math-verdict.js";
import { answerText, type Reward } from "../reward.js";

interface MathEquivalenceOptions {
  /** Default `exactArithmetic`. */
  equivalent?: Equivalence;
  /** Default 1. */
  weight?: number;
  /**
   * The score of an answer that looks like mathematics but cannot be compared. Default null: not measured. 0 where the task
   * says how an answer is to be written.
   */
  unreadable?: 0 | null;
}

/**
 * The same value as the expected one, however it is written: `1/2`, `0.5`, `\frac{1}{2}`. No answer, and prose where mathematics
 * is expected ("I do not know"), is 0.
 */
export function mathEquivalence<D>(
  expected: (data: D) => string,
  { equivalent = exactArithmetic, weight = 1, unreadable = null }: MathEquivalenceOptions = {},
): Reward<D> {
  return {
    name: "correct",
    weight,
    score(rollout) {
      const [answer, right] = [answerText(rollout), expected(rollout.task.data)];
      const same = equivalent(answer, right);
      if (same !== null) return Number(same);
      if (!isMathematics(right)) return null;
      return isMathematics(answer) ? unreadable : 0;
    },
  };
}
