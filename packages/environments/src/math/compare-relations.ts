/** Equations and definitions: `x = 3`, `y = 2x + 1`, `f(x) = x^2`, `2x + 2y = 4`. */

import { compareEquations } from "./compare-equations.js";
import { loneVariable } from "./compare-regions.js";
import type { Budget } from "./limits.js";
import { type Answer, call, type Expression, replaceVariables, variablesOf } from "./syntax.js";
import { type Compare, differentBecause, every, type Outcome, unknownBecause } from "./verdict.js";

type Relation = Extract<Answer, { kind: "relation" }>;

export function compareRelations(a: Relation, b: Relation, compare: Compare, budget: Budget): Outcome {
  const [fa, fb] = [a.sides[0]!, b.sides[0]!];
  if (fa.kind === "function" || fb.kind === "function") return compareFunctions(a, b, compare);
  if (a.signs.join() !== b.signs.join()) return unknownBecause("they relate in different ways");
  if (a.signs.length === 1 && a.signs[0] === "=") return compareEquals(a, b, compare, budget);
  const outcome = every(a.sides.map((side, i) => compare(side, b.sides[i]!)));
  return outcome.verdict === "equal" ? outcome : unknownBecause("the relations may say the same");
}

function compareEquals(a: Relation, b: Relation, compare: Compare, budget: Budget): Outcome {
  const [names, rights] = [[a, b].map(solvedFor), [a.sides[1]!, b.sides[1]!]];
  if (names[0] !== undefined && names[0] === names[1]) return compare(rights[0]!, rights[1]!);
  const [x, y] = [differenceOf(a), differenceOf(b)];
  if (x && y) return compareEquations(x, y, budget);
  if (names[0] !== undefined && names[1] !== undefined) return differentBecause(`${names[0]} is not ${names[1]}`);
  const outcome = every(a.sides.map((side, i) => compare(side, b.sides[i]!)));
  return outcome.verdict === "equal" ? outcome : unknownBecause("the equations may have the same solutions");
}

/** The variable alone on the left that the right does not have. */
function solvedFor({ sides }: Relation): string | undefined {
  const name = loneVariable(sides[0]!);
  const right = sides[1]!;
  return name !== undefined && !(right.kind === "value" && variablesOf(right.value).has(name)) ? name : undefined;
}

function differenceOf({ sides: [left, right] }: Relation): Expression | undefined {
  if (left?.kind !== "value" || right?.kind !== "value" || left.unit || right.unit) return undefined;
  return call("subtract", left.value, right.value);
}

/** Definitions are equal whatever their parameters are called. */
function compareFunctions(a: Relation, b: Relation, compare: Compare): Outcome {
  const [fa, fb] = [a.sides[0]!, b.sides[0]!];
  const [right, other] = [a.sides[1]!, b.sides[1]!];
  if (a.sides.length !== 2 || b.sides.length !== 2) return unknownBecause("they relate in different ways");
  if (fa.kind !== "function" || fb.kind !== "function") return notDifferent(compare(right, other));
  if (fa.parameters.length !== fb.parameters.length)
    return differentBecause("the functions take different numbers of parameters");
  const renaming = new Map(
    fb.parameters.map((name, i) => [name, { kind: "variable", name: fa.parameters[i]! } as const]),
  );
  const renamed: Answer = other.kind === "value" ? { ...other, value: replaceVariables(other.value, renaming) } : other;
  const outcome = compare(right, renamed);
  return fa.name === fb.name ? outcome : notDifferent(outcome);
}

/** Under other names: what is equal may be meant so. */
const notDifferent = (outcome: Outcome): Outcome =>
  outcome.verdict === "equal" ? unknownBecause("they are equal under different names") : outcome;

/** `x = 3` against 3: what stands on the right. `x \in S` against S. */
export function relationTo(relation: Relation, other: Answer, compare: Compare): Outcome {
  const [left, right] = relation.sides;
  const named =
    left!.kind === "function" ||
    solvedFor(relation) !== undefined ||
    (left!.kind === "tuple" && right!.kind === "tuple");
  if (relation.signs.length !== 1 || !named) return unknownBecause("a relation is compared with something else");
  if (relation.signs[0] === "=" || relation.signs[0] === "in") return compare(right!, other);
  return unknownBecause("a relation is compared with something else");
}
