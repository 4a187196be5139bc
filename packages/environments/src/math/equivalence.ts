/** Math equivalence: whether two answers are the same value, however they are written. */

import { evaluateArithmetic } from "./arithmetic.js";
import { equal } from "./rational.js";

/** How two answers are compared. null: cannot be told, as for an expected answer that is not understood. */
export type Equivalence = (answer: string, expected: string) => boolean | null;

/**
 * Exact arithmetic: fractions, decimals, percent, powers, expressions, LaTeX's `\frac`, `\cdot`, `\times`, `$...$` and `\boxed`,
 * and an `x =` before it. Knows no symbols and no roots.
 */
export const exactArithmetic: Equivalence = (answer, expected) => {
  const right = valueIn(expected);
  if (right === undefined) return null;
  const value = valueIn(answer);
  return value !== undefined && equal(value, right);
};

function valueIn(text: string) {
  return evaluateArithmetic(plain(text))?.value;
}

/** LaTeX and people's habits as plain arithmetic. */
function plain(text: string): string {
  const boxed = /^\$*\\boxed\{(.*)\}\$*$/s.exec(text.trim())?.[1] ?? text;
  return boxed
    .trim()
    .replace(/^\$+|\$+$/g, "")
    .replace(/^[a-zA-Z]\w*\s*=\s*/, "")
    .replace(/\\left|\\right|\\,|\\!|\\ /g, "")
    .replace(/\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}/g, "(($1)/($2))")
    .replace(/\\(?:cdot|times)/g, "*")
    .replace(/\\div/g, "/")
    .replace(/\^\{([^{}]*)\}/g, "^($1)")
    .replace(/(?<=\d),(?=\d{3}(?:\D|$))/g, "")
    .replace(/\\?%$/, "/100")
    .replace(/\.$/, "");
}
