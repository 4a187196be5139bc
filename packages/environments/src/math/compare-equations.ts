/**
 * Equality of equations as sets of points: equal where one side less the other is the same but for a factor. Different where a
 * point of one, found by solving for a variable in which it is linear, is no point of the other.
 */

import { compareAt, compareValues } from "./compare-values.js";
import { type Budget, CannotTell, Undefined } from "./limits.js";
import { rational, whole } from "./rational.js";
import { call, type Expression, numeral, replaceVariables, variablesOf } from "./syntax.js";
import { differentBecause, equalBecause, type Outcome, unknownBecause } from "./verdict.js";

const ZERO = numeral(whole(0));

/** Of `a = 0` and `b = 0`. */
export function compareEquations(a: Expression, b: Expression, budget: Budget): Outcome {
  const names = [...new Set([...variablesOf(a), ...variablesOf(b)])].sort();
  if (names.length === 0 || names.length > 20) throw new CannotTell("an equation without variables, or with too many");
  const point = somePoint(names, 0);
  const [atA, atB] = [replaceVariables(a, point), replaceVariables(b, point)];
  if ([atA, atB].some((value) => compareAt(value, ZERO, new Map(), budget).verdict !== "different"))
    return unknownBecause("the equations vanish where they should not");
  const proportional = compareValues(call("multiply", a, atB), call("multiply", b, atA), budget);
  if (proportional.verdict === "equal") return equalBecause("the equations are the same but for a factor");
  const gap = replaceVariables(call("subtract", a, b), point);
  if (
    compareValues(call("subtract", a, b), gap, budget).verdict === "equal" &&
    compareAt(gap, ZERO, new Map(), budget).verdict === "different"
  )
    return differentBecause("they ask one expression for different values");
  return misses(a, b, names, budget) || misses(b, a, names, budget)
    ? differentBecause("a point of one is no point of the other")
    : unknownBecause("the equations may have the same solutions");
}

function somePoint(names: readonly string[], shift: number): Map<string, Expression> {
  return new Map(
    names.map((name, i) => [name, numeral(rational(BigInt(17 + 12 * i + 5 * shift), BigInt(7 + i + shift))!)]),
  );
}

/** Whether a point of `a = 0` is no point of `b = 0`. */
function misses(a: Expression, b: Expression, names: readonly string[], budget: Budget): boolean {
  for (const name of names) {
    try {
      const point = somePoint(names, 1);
      const at = (value: Expression) => replaceVariables(a, new Map(point).set(name, value));
      const [zero, one, two] = [0, 1, 2].map((n) => at(numeral(whole(n))));
      const slope = call("subtract", one!, zero!);
      const bend = call("subtract", call("subtract", two!, one!), slope);
      if (compareAt(bend, ZERO, new Map(), budget).verdict !== "equal") continue;
      if (compareAt(slope, ZERO, new Map(), budget).verdict !== "different") continue;
      const root = call("negate", call("divide", zero!, slope));
      if (compareAt(at(root), ZERO, new Map(), budget).verdict !== "equal") continue;
      const there = replaceVariables(b, new Map(point).set(name, root));
      if (compareAt(there, ZERO, new Map(), budget).verdict === "different") return true;
    } catch (error) {
      if (!(error instanceof Undefined)) throw error;
    }
  }
  return false;
}
