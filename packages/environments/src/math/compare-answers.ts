/** Equality of whole answers by their kinds. What only a reader of the problem can tell stays `cannot tell`. */

import { compareCollections } from "./compare-collections.js";
import { compareQuantities } from "./compare-quantities.js";
import { compareRegions, regionOf } from "./compare-regions.js";
import { compareRelations, relationTo } from "./compare-relations.js";
import { compareValues } from "./compare-values.js";
import { compareWords, saysEmpty, saysKind, saysReals } from "./compare-words.js";
import type { Budget } from "./limits.js";
import { ALL_REALS, type Answer, call, type Expression } from "./syntax.js";
import { type Compare, differentBecause, every, type Outcome, unknownBecause } from "./verdict.js";

/** Both ways the same verdict. */
export function compareAnswers(a: Answer, b: Answer, budget: Budget): Outcome {
  const compare: Compare = (x, y) => compareAnswers(x, y, budget);
  if (a.kind === "words" || b.kind === "words") return withWords(a, b, compare);
  if (a.kind === "value" && b.kind === "value") return compareQuantities(a, b, budget);
  const one = [alone(a), alone(b)];
  if (one[0] || one[1]) return compare(one[0] ?? a, one[1] ?? b);
  if (isSolved(a) && isSolved(b)) return compareRelations(a, b, compare, budget);
  const regions = [regionOf(a), regionOf(b)];
  if (
    regions[0] &&
    regions[1] &&
    !(regions[0].unsure && regions[1].unsure) &&
    !(a.kind === "tuple" && b.kind === "tuple")
  )
    return compareRegions(regions[0], regions[1], budget);
  if (a.kind === "relation" && b.kind === "relation") return compareRelations(a, b, compare, budget);
  if (a.kind === "relation") return relationTo(a, b, compare);
  if (b.kind === "relation") return relationTo(b, a, compare);
  if (a.kind === "tuple" && b.kind === "tuple") return compareTuples(a, b, compare);
  if (a.kind === "matrix" && b.kind === "matrix") return compareMatrices(a, b, budget);
  if (a.kind === "ratio" || b.kind === "ratio") return compareRatios(a, b, budget);
  return compareCollections(a, b, compare, budget);
}

/** The one element of a set or a list. */
function alone(answer: Answer): Answer | undefined {
  return answer.kind === "set" && answer.items.length === 1 && answer.items[0]!.kind === "value"
    ? answer.items[0]
    : undefined;
}

/** `x = ...`, `f(x) = ...` */
const isSolved = (answer: Answer): answer is Extract<Answer, { kind: "relation" }> =>
  answer.kind === "relation" && answer.signs.length === 1 && answer.signs[0] === "=";

function withWords(a: Answer, b: Answer, compare: Compare): Outcome {
  if (a.kind === "words" && b.kind === "words") return compareWords(a.text, b.text);
  const [words, other] = a.kind === "words" ? [a.text, b] : [(b as { text: string }).text, a];
  if (saysReals(words)) return compare(ALL_REALS, other);
  if (other.kind === "set" || other.kind === "value") {
    const none = other.kind === "set" && other.items.length === 0;
    if (saysEmpty(words))
      return none ? { verdict: "equal", because: "both are empty" } : differentBecause("one of them is empty");
    if (saysKind(words) && other.kind === "value" && other.value.kind === "number")
      return differentBecause("a word is no number");
  }
  return unknownBecause("words are for a judge");
}

/** Entries in order, brackets and all. */
function compareTuples(a: Extract<Answer, { kind: "tuple" }>, b: typeof a, compare: Compare): Outcome {
  if (a.items.length !== b.items.length) return differentBecause("they have different numbers of entries");
  const outcome = every(a.items.map((item, i) => compare(item, b.items[i]!)));
  if (outcome.verdict === "different" || (a.open === b.open && a.close === b.close)) return outcome;
  // A vector may stand in any brackets; two entries may be an interval, and its ends are in it or not.
  return a.items.length === 2 ? differentBecause("their brackets differ") : outcome;
}

function compareMatrices(a: Extract<Answer, { kind: "matrix" }>, b: typeof a, budget: Budget): Outcome {
  const sizes = [a, b].map(({ rows }) => `${rows.length}x${rows[0]!.length}`);
  const outcome =
    a.rows.flat().length === b.rows.flat().length
      ? every(
          a.rows.flatMap((row, i) =>
            row.map((cell, j) => compareValues(cell, b.rows.flat()[i * row.length + j]!, budget)),
          ),
        )
      : differentBecause("they have different numbers of entries");
  if (sizes[0] === sizes[1] || outcome.verdict === "different") return outcome;
  return differentBecause("a row is no column");
}

function compareRatios(a: Answer, b: Answer, budget: Budget): Outcome {
  const [x, y] = [partsOf(a), partsOf(b)];
  if (!x || !y) return unknownBecause("a ratio can be read in two ways");
  if (x.length !== y.length) return differentBecause("they have different numbers of parts");
  const asRatio = every(
    x
      .slice(1)
      .map((part, i) => compareValues(call("multiply", part, y[0]!), call("multiply", y[i + 1]!, x[0]!), budget)),
  );
  if (asRatio.verdict !== "equal") return asRatio;
  const asWritten = every(x.map((part, i) => compareValues(part, y[i]!, budget)));
  if (asWritten.verdict === "equal") return asWritten;
  const times = [a, b].filter((answer) => answer.kind === "ratio" && answer.time).length;
  if (times === 2 && [...x, ...y].some((part) => part.kind === "number" && part.value.n === 0n)) return asWritten;
  return times > 0 || a.kind !== b.kind ? unknownBecause("the ratios are equal, but may be meant otherwise") : asRatio;
}

/** A fraction is a ratio too. */
function partsOf(answer: Answer): readonly Expression[] | undefined {
  if (answer.kind === "ratio") return answer.parts;
  if (answer.kind !== "value" || answer.unit) return undefined;
  return answer.value.kind === "call" && answer.value.name === "divide"
    ? answer.value.args
    : [answer.value, { kind: "number", value: { n: 1n, d: 1n } }];
}
