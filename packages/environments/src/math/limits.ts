/** Bounded work: what one comparison may cost, so that no answer, hostile or huge, hangs a grader. */

/** Longer texts are no answers. In characters. */
export const LONGEST_ANSWER = 3000;
/** Brackets, functions and signs in one another. */
export const DEEPEST = 60;
/** Elements of a list, set, tuple or matrix. */
export const MOST_ELEMENTS = 100;
/** Larger numbers are not kept exactly: in bits of numerator and denominator each. */
export const EXACT_BITS = 1 << 18;

/** Why a text or a value cannot be judged. Never leaves this folder. */
export class CannotTell extends Error {
  override readonly name = "CannotTell";
}

/** An expression without a value here: division by 0, a root out of range, a number too large. */
export class Undefined extends Error {
  override readonly name = "Undefined";
}

/** What may still be spent, in about microseconds of arithmetic. */
export class Budget {
  private left = 150_000;

  /** @throws CannotTell when nothing is left */
  spend(cost: number): void {
    this.left -= cost;
    if (this.left < 0) throw new CannotTell("comparing them is too much work");
  }
}

/** Bits of a whole number, up to 3 too many. */
export function bitLength(n: bigint): number {
  return n === 0n ? 0 : (n < 0n ? -n : n).toString(16).length * 4;
}
