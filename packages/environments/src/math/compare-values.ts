/**
 * Equality of two expressions. Exact values decide where both have one; else intervals: `different` when they are disjoint,
 * `equal` when they agree to 60 digits, relatively. Variables take seeded values, rational, whole and negative.
 */

import { type Complex, isReal } from "./complex.js";
import { evaluate, type Point } from "./evaluate.js";
import { type Budget, CannotTell, Undefined } from "./limits.js";
import { compare, type Rational, rational, whole } from "./rational.js";
import { isExact, type Real, Reals } from "./real.js";
import { type Expression, numeral, replaceVariables, someExpression, variablesOf } from "./syntax.js";
import { differentBecause, equalBecause, type Outcome, unknownBecause } from "./verdict.js";

/** 60 decimal digits, in bits. */
const AGREEMENT = 200;
const PRECISIONS = [448, 1024, 2560];

/** Equal, different, or undefined where the value cannot be computed. */
export function compareValues(a: Expression, b: Expression, budget: Budget): Outcome {
  const infinite = compareInfinities(a, b);
  if (infinite) return infinite;
  const names = new Set([...variablesOf(a), ...variablesOf(b)]);
  if (names.size === 0) return compareAt(a, b, new Map(), budget);
  if (names.size > 20) throw new CannotTell("it has too many variables");
  return compareWithVariables(a, b, [...names].sort(), budget);
}

function compareInfinities(a: Expression, b: Expression): Outcome | undefined {
  const [signA, signB] = [infinitySign(a), infinitySign(b)];
  if (signA === 0 && signB === 0) return undefined;
  return signA === signB ? equalBecause("both are infinite") : differentBecause("one is infinite");
}

/** -1 and 1 for the infinities, 0 for other expressions. */
export function infinitySign(node: Expression): -1 | 0 | 1 {
  if (node.kind === "constant" && node.name === "infinity") return 1;
  if (node.kind === "call" && node.name === "negate" && infinitySign(node.args[0]!) === 1) return -1;
  return 0;
}

/** Less, equal, greater. @throws CannotTell where that cannot be told */
export function orderOf(a: Expression, b: Expression, budget: Budget): number {
  const [signA, signB] = [infinitySign(a), infinitySign(b)];
  if (signA !== 0 || signB !== 0) return signA - signB;
  if (compareAt(a, b, new Map(), budget).verdict === "equal") return 0;
  const r = new Reals(PRECISIONS[1]!, budget);
  const [x, y] = [a, b].map((node) => evaluate(node, new Map(), r));
  return r.mustSign(r.subtract(x!.re, y!.re));
}

/** At one point. @throws Undefined where one has no value, or where it is not real and `complex` is not wanted */
export function compareAt(a: Expression, b: Expression, point: Point, budget: Budget, complex = true): Outcome {
  budget.spend(10);
  for (const precision of PRECISIONS) {
    const r = new Reals(precision, budget);
    const [x, y] = [evaluate(a, point, r), evaluate(b, point, r)];
    if (!complex && !(isReal(x) && isReal(y))) throw new Undefined("a value that is not real");
    const outcome = compareComplex(x, y, r);
    if (outcome) return outcome;
  }
  return unknownBecause("they are too near to each other");
}

/** @returns undefined where more precision is needed */
function compareComplex(x: Complex, y: Complex, r: Reals): Outcome | undefined {
  const parts = [
    [x.re, y.re],
    [x.im, y.im],
  ] as const;
  if (parts.every(([p, q]) => isExact(p) && isExact(q))) {
    const same = parts.every(([p, q]) => compare(p as Rational, q as Rational) === 0);
    return same ? equalBecause("their exact values are equal") : differentBecause("their exact values differ");
  }
  const differences = parts.map(([p, q]) => r.subtract(p, q));
  if (differences.some((difference) => [-1, 1].includes(r.sign(difference) ?? 0)))
    return differentBecause("their values differ, by interval arithmetic");
  const agreement = AGREEMENT + 2 * r.complexity;
  if (agreement > r.precision - 40) return undefined;
  const scale = scaleOf([x.re, x.im, y.re, y.im], r);
  return differences.every((difference) => r.size(difference) <= scale - agreement)
    ? equalBecause("they agree to 60 digits")
    : undefined;
}

/** How large the numbers are; where they may be 0, how large what they are sums of is. */
function scaleOf(numbers: readonly Real[], r: Reals): number {
  const sure = numbers.filter((x) => [-1, 1].includes(r.sign(x) ?? 0)).map((x) => r.size(x));
  return sure.length > 0 ? Math.max(...sure) - 8 : r.largestSummand;
}

/** Kinds of points, each several times: an identity may hold on some kinds only. */
type Kind = "rational" | "whole" | "negative";
const POINTS = 4;
/** More are tried where an expression has no value. */
const TRIES = 16;

function compareWithVariables(a: Expression, b: Expression, names: readonly string[], budget: Budget): Outcome {
  for (const node of [a, b])
    if (variablesOf(node).size === 0) evaluate(node, new Map(), new Reals(PRECISIONS[0]!, budget));
  // Positive whole numbers are in the domain of every variable there is.
  const onWholes = compareOn("whole", a, b, names, budget);
  if (onWholes?.verdict === "different") return mayBeRenamed(a, b, budget) ?? onWholes;
  const others = (["rational", "negative"] as const).map((kind) => compareOn(kind, a, b, names, budget));
  const known = [onWholes, ...others].filter((verdict) => verdict !== undefined);
  const different = known.find(({ verdict }) => verdict === "different");
  const equal = known.find(({ verdict }) => verdict === "equal");
  if (different && equal) return unknownBecause("they are equal for some values of the variables only");
  if (different) return mayBeRenamed(a, b, budget) ?? different;
  if (equal && known.every(({ verdict }) => verdict === "equal"))
    return equalBecause("they agree at seeded values of the variables");
  return known[0] ?? unknownBecause("they have no value at the points tried");
}

/** Equal at all points of the kind, different at one. undefined where too few have values. */
function compareOn(
  kind: Kind,
  a: Expression,
  b: Expression,
  names: readonly string[],
  budget: Budget,
): Outcome | undefined {
  const wanted = kind === "whole" && (rounds(a) || rounds(b)) ? TRIES : kind === "negative" ? 2 : POINTS;
  let [measured, one] = [0, 0];
  let last: Outcome | undefined;
  for (let i = 0; i < TRIES && measured < wanted; i++) {
    const point = new Map(names.map((name, at) => [name, coordinate(kind, i, at)]));
    const outcome = whereDefined(a, b, point, budget);
    if (outcome === "one") one++;
    if (typeof outcome === "string") continue;
    if (outcome.verdict !== "equal") return outcome;
    last = outcome;
    measured++;
  }
  if (one > 0) return measured > 0 ? unknownBecause("one of them has no value where the other has") : undefined;
  return measured >= Math.min(wanted, POINTS) - 1 ? last : undefined;
}

/** Steps hide differences: they are looked for at more points. */
const rounds = (node: Expression): boolean =>
  someExpression(node, (part) => part.kind === "call" && /^(?:floor|ceil|gcd|lcm|max|min)$/.test(part.name));

/** @returns how many of the two have a value where not both have */
function whereDefined(a: Expression, b: Expression, point: Point, budget: Budget): Outcome | "one" | "none" {
  try {
    return compareAt(a, b, point, budget, isComplex(a) || isComplex(b));
  } catch (error) {
    if (!(error instanceof Undefined)) throw error;
  }
  return hasValue(a, point, budget) || hasValue(b, point, budget) ? "one" : "none";
}

/** Without an i, a root of a negative number is no value: its sign is a convention. */
const isComplex = (node: Expression): boolean =>
  someExpression(node, (part) => part.kind === "constant" && part.name === "i");

function hasValue(node: Expression, point: Point, budget: Budget): boolean {
  try {
    return isComplex(node) || isReal(evaluate(node, point, new Reals(PRECISIONS[0]!, budget)));
  } catch (error) {
    if (error instanceof Undefined) return false;
    throw error;
  }
}

/** Seeded: no two variables share a value, and no small coincidence hides a difference. Later points are of several sizes. */
function coordinate(kind: Kind, i: number, at: number): Rational {
  const seed = 7 + ((i * 61 + at * 37 + 11) % 97);
  const size = i < POINTS ? 0 : ((i * 7 + at * 5) % 3) - 1;
  if (kind === "whole") return whole((3 + ((i * 5 + at * 7) % 23)) * 6 ** (size + (i < POINTS ? 0 : 1)));
  const [n, d] = [seed * 13 + 5, 101 + ((at * 10 + i * 3) % 50)];
  const value = rational(BigInt(n * (size > 0 ? 6 : 1)), BigInt(d * (size < 0 ? 6 : 1)))!;
  return kind === "rational" ? value : { n: -value.n, d: value.d };
}

/**
 * Different as written, but perhaps not as meant: `2k` and `2n` where one variable has another name; `5m` and `5` where a
 * letter may be a unit.
 */
function mayBeRenamed(a: Expression, b: Expression, budget: Budget): Outcome | undefined {
  const [inA, inB] = [variablesOf(a), variablesOf(b)];
  const onlyA = [...inA].filter((name) => !inB.has(name));
  const onlyB = [...inB].filter((name) => !inA.has(name));
  if (onlyA.length + onlyB.length === 1) {
    const name = (onlyA[0] ?? onlyB[0])!;
    const without = (node: Expression) => replaceVariables(node, new Map([[name, numeral(whole(1))]]));
    if (isEqual(without(a), without(b), budget)) return unknownBecause(`${name} may be a unit`);
  }
  if (onlyA.length === 1 && onlyB.length === 1) {
    const renamed = replaceVariables(a, new Map([[onlyA[0]!, { kind: "variable", name: onlyB[0]! }]]));
    if (isChoice(a) && isChoice(b)) return differentBecause("they are different choices");
    if (isEqual(renamed, b, budget)) return unknownBecause("their variables have different names");
  }
  return undefined;
}

const isChoice = (node: Expression): boolean => node.kind === "variable" && /^[A-J]$/.test(node.name);

function isEqual(a: Expression, b: Expression, budget: Budget): boolean {
  try {
    return compareValues(a, b, budget).verdict === "equal";
  } catch (error) {
    if (error instanceof Undefined) return false;
    throw error;
  }
}
