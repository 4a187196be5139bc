/** Lists and sets: every element has an equal one on the other side, in any order. */

import { compareValues } from "./compare-values.js";
import type { Budget } from "./limits.js";
import type { Answer, Expression } from "./syntax.js";
import { agreed, type Compare, differentBecause, equalBecause, type Outcome, unknownBecause } from "./verdict.js";

/** Of answers of which at least one has elements. */
export function compareCollections(a: Answer, b: Answer, compare: Compare, budget: Budget): Outcome {
  const [x, y] = [itemsOf(a), itemsOf(b)];
  const outcome = x && y ? compareItems(x, y, compare) : otherKinds(a, b, compare);
  const number = asNumber(a, b) ?? asNumber(b, a);
  if (!number) return sameKind(a, b, outcome);
  const asOne = compareValues(...number, budget);
  return agreed([outcome, asOne], "a comma can be read in two ways");
}

/** A list that may be one number, and the number it is compared with. */
function asNumber(a: Answer, b: Answer): [Expression, Expression] | undefined {
  if ((a.kind !== "list" && a.kind !== "tuple") || !a.number || b.kind !== "value") return undefined;
  return [a.number, b.value];
}

function itemsOf(answer: Answer): readonly Answer[] | undefined {
  if (answer.kind === "list" || answer.kind === "set" || answer.kind === "tuple") return answer.items;
  if (answer.kind === "matrix" && (answer.rows.length === 1 || answer.rows[0]!.length === 1))
    return answer.rows.flat().map((value) => ({ kind: "value", value }));
  return answer.kind === "value" ? [answer] : undefined;
}

/** Elements that are equal decide only where their order and number mean the same on both sides. */
function sameKind(a: Answer, b: Answer, outcome: Outcome): Outcome {
  const unordered = [a, b].every(({ kind }) => kind === "list" || kind === "set" || kind === "value");
  if (unordered || outcome.verdict !== "equal") return outcome;
  return unknownBecause("one of them is ordered, the other is not");
}

function otherKinds(a: Answer, b: Answer, compare: Compare): Outcome {
  for (const [list, other] of [
    [a, b],
    [b, a],
  ] as const)
    if (list.kind === "list" && list.items.some((item) => compare(item, other).verdict !== "different"))
      return unknownBecause("one is among several of the other");
  return unknownBecause("they are of different kinds");
}

function compareItems(a: readonly Answer[], b: readonly Answer[], compare: Compare): Outcome {
  const verdicts: Outcome[][] = [];
  for (const x of a) {
    const row = b.map((y) => compare(x, y));
    if (row.every(isDifferent)) return differentBecause("an element of one has no equal in the other");
    verdicts.push(row);
  }
  const columns = b.map((_, j) => verdicts.map((row) => row[j]!));
  if (columns.some((column) => column.every(isDifferent)))
    return differentBecause("an element of one has no equal in the other");
  const lines = [...verdicts, ...columns];
  if (lines.every((line) => line.some(({ verdict }) => verdict === "equal")))
    return equalBecause("their elements are equal");
  return lines.flat().find(({ verdict }) => verdict === "cannot tell")!;
}

const isDifferent = ({ verdict }: Outcome): boolean => verdict === "different";
