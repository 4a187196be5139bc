/** Verdicts of one comparison, and how they combine. */

import { CannotTell, Undefined } from "./limits.js";
import type { Answer } from "./syntax.js";

export type Verdict = "equal" | "different" | "cannot tell";

/** Compares two answers by what both are. */
export type Compare = (a: Answer, b: Answer) => Outcome;

export interface Outcome {
  readonly verdict: Verdict;
  readonly because: string;
}

export const equalBecause = (because: string): Outcome => ({ verdict: "equal", because });
export const differentBecause = (because: string): Outcome => ({ verdict: "different", because });
export const unknownBecause = (because: string): Outcome => ({ verdict: "cannot tell", because });

/** What stops a comparison makes it `cannot tell`; other errors are faults of ours and go on. */
export function attempt(compare: () => Outcome): Outcome {
  try {
    return compare();
  } catch (error) {
    if (error instanceof CannotTell || error instanceof Undefined) return unknownBecause(error.message);
    throw error;
  }
}

/** Of parts that must all be equal: one different part decides. */
export function every(outcomes: Iterable<Outcome>): Outcome {
  let result = equalBecause("their parts are equal");
  for (const outcome of outcomes) {
    if (outcome.verdict === "different") return outcome;
    if (outcome.verdict === "cannot tell") result = outcome;
    else if (result.verdict === "equal") result = outcome;
  }
  return result;
}

/** Of readings of which any may be meant: they must agree. */
export function agreed(outcomes: readonly Outcome[], otherwise: string): Outcome {
  const [first] = outcomes;
  return first && outcomes.every(({ verdict }) => verdict === first.verdict) ? first : unknownBecause(otherwise);
}
