/** Values with their units, percent signs and bases: what only one of the two says is taken as what the question asked for. */

import { compareValues } from "./compare-values.js";
import type { Budget } from "./limits.js";
import { type Answer, call, type Expression, numeral, variablesOf } from "./syntax.js";
import { inBaseUnits } from "./token-groups.js";
import { conversionsOf, type Unit } from "./units.js";
import { agreed, differentBecause, type Outcome, unknownBecause } from "./verdict.js";

type Value = Extract<Answer, { kind: "value" }>;

export function compareQuantities(a: Value, b: Value, budget: Budget): Outcome {
  if (isChoice(a) !== isChoice(b) && !(hasVariables(a) && hasVariables(b)))
    return unknownBecause("a letter may stand for a choice");
  if (!a.unit || !b.unit) return compareWithoutUnit(a, b, budget);
  return compareUnits(a.value, a.unit, b.value, b.unit, budget);
}

const isChoice = ({ value, unit }: Value): boolean => value.kind === "variable" && /^[A-J]$/.test(value.name) && !unit;
const hasVariables = ({ value }: Value): boolean => variablesOf(value).size > 0;

function compareUnits(a: Expression, unitA: Unit, b: Expression, unitB: Unit, budget: Budget): Outcome {
  if (unitA.dimension !== unitB.dimension) return differentBecause("their units measure different things");
  return compareValues(inBaseUnits(a, unitA), inBaseUnits(b, unitB), budget);
}

/** A unit that only one has is taken as the question's; another unit may have been asked for. */
function compareWithoutUnit(a: Value, b: Value, budget: Budget): Outcome {
  const plain = compareMarked(a.value, b.value, budget);
  const [withUnit, bare] = a.unit ? [a, b] : [b, a];
  if (plain.verdict !== "different" || !withUnit.unit) return plain;
  const converted = conversionsOf(withUnit.unit).some((factor) => {
    const inOther = call("multiply", withUnit.value, numeral(factor));
    return compareValues(inOther, bare.value, budget).verdict === "equal";
  });
  return converted ? unknownBecause("they are equal in another unit") : plain;
}

/** Signs behind a number that are often left out: `50\%` and 50, `30^\circ` and 30, `52_8` and 52. */
const MARKS: ReadonlySet<string> = new Set(["percent", "degrees", "base"]);

function compareMarked(a: Expression, b: Expression, budget: Budget): Outcome {
  const [markA, markB] = [markOf(a), markOf(b)];
  const plain = compareValues(a, b, budget);
  if (markA === "base" && markB === "base" && baseOf(a) !== baseOf(b) && plain.verdict === "equal")
    return unknownBecause("they are written in different bases");
  if (markA === markB || (markA && markB)) return plain;
  const without = compareValues(unmarked(a), unmarked(b), budget);
  const mark = markA ?? markB!;
  if (plain.verdict === "equal") return plain;
  if (mark === "degrees") return without;
  return agreed([plain, without], mark === "base" ? "a base may be left out" : "a percent sign may be left out");
}

function markOf(node: Expression): string | undefined {
  if (node.kind !== "call") return undefined;
  if (node.name === "negate") return markOf(node.args[0]!);
  return MARKS.has(node.name) ? node.name : undefined;
}

const baseOf = (node: Expression): string | undefined => {
  if (node.kind === "call" && node.name === "negate") return baseOf(node.args[0]!);
  const base = node.kind === "call" ? node.args[1] : undefined;
  return base?.kind === "number" ? String(base.value.n) : undefined;
};

/** The number as its digits say it. */
function unmarked(node: Expression): Expression {
  if (node.kind !== "call") return node;
  if (node.name === "negate") return { ...node, args: [unmarked(node.args[0]!)] };
  return MARKS.has(node.name) ? node.args[node.name === "base" ? 2 : 0]! : node;
}
