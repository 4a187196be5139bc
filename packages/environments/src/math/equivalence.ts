import { mathVerdict } from "./math-verdict.js";

/** How two answers are compared. null: cannot be told, as for an answer or an expected answer that is not understood. */
export type Equivalence = (answer: string, expected: string) => boolean | null;

/** Math equality without tolerance: `mathVerdict` as a reward wants it. */
export const exactArithmetic: Equivalence = (answer, expected) => {
  const { verdict } = mathVerdict(expected, answer);
  return verdict === "cannot tell" ? null : verdict === "equal";
};
