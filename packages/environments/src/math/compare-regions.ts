/** Sets of real numbers as unions of intervals: `(-\infty, 1) \cup [2, 3)`, `x < 1`, `-2 \le x \le 7`, `x \ne 3`, `x \in [0, 1]`. */

import { compareValues, infinitySign, orderOf } from "./compare-values.js";
import { type Budget, CannotTell } from "./limits.js";
import { type Answer, call, type Expression, type Relation, variablesOf } from "./syntax.js";
import { differentBecause, equalBecause, every, type Outcome, unknownBecause } from "./verdict.js";

interface Interval {
  readonly low: Expression;
  readonly high: Expression;
  readonly openLow: boolean;
  readonly openHigh: boolean;
}

export interface Region {
  readonly intervals: readonly Interval[];
  /** The variable that lies in it, where it is named. */
  readonly variable?: string;
  /** It may be meant as something else: `(1, 2)` as a point, `\{1\}` as a set of values. */
  readonly unsure: boolean;
}

const INFINITY: Expression = { kind: "constant", name: "infinity" };
const MINUS_INFINITY: Expression = call("negate", INFINITY);

/** @returns undefined for what is no set of real numbers */
export function regionOf(answer: Answer): Region | undefined {
  if (answer.kind === "tuple") return ofTuple(answer);
  if (answer.kind === "union") {
    const parts = answer.parts.map(regionOf);
    if (parts.some((part) => part === undefined)) return undefined;
    return { intervals: parts.flatMap((part) => part!.intervals), unsure: false };
  }
  if (answer.kind === "list") return ofAlternatives(answer);
  if (answer.kind === "set") {
    if (!answer.items.every((item) => item.kind === "value" && !item.unit)) return undefined;
    return { intervals: answer.items.map((item) => point((item as { value: Expression }).value)), unsure: true };
  }
  return answer.kind === "relation" ? ofRelation(answer) : undefined;
}

const point = (at: Expression): Interval => ({ low: at, high: at, openLow: false, openHigh: false });

function ofTuple({ items, open, close }: Extract<Answer, { kind: "tuple" }>): Region | undefined {
  const [low, high] = items;
  if (items.length !== 2 || low?.kind !== "value" || high?.kind !== "value" || low.unit || high.unit) return undefined;
  const interval = { low: low.value, high: high.value, openLow: open === "(", openHigh: close === ")" };
  const infinite = infinitySign(low.value) !== 0 || infinitySign(high.value) !== 0;
  return { intervals: [interval], unsure: !infinite && interval.openLow === interval.openHigh };
}

/** `x < 1 or x > 2` */
function ofAlternatives({ items, either }: Extract<Answer, { kind: "list" }>): Region | undefined {
  const parts = items.map((item) => (item.kind === "relation" ? ofRelation(item) : undefined));
  const variable = parts[0]?.variable;
  if (!either || !parts.every((part) => part?.variable !== undefined && part.variable === variable)) return undefined;
  return { intervals: parts.flatMap((part) => part!.intervals), variable: variable!, unsure: false };
}

function ofRelation({ sides, signs }: Extract<Answer, { kind: "relation" }>): Region | undefined {
  if (signs.length === 1 && signs[0] === "in") {
    const [name, region] = [loneVariable(sides[0]!), regionOf(sides[1]!)];
    return name !== undefined && region ? { ...region, variable: name, unsure: false } : undefined;
  }
  if (signs.includes("in") || (signs.includes("=") && signs.length > 1)) return undefined;
  const at = sides.findIndex((side) => loneVariable(side) !== undefined);
  const rest = sides.filter((_, i) => i !== at);
  if (at === -1 || !rest.every((side) => side.kind === "value" && !side.unit)) return undefined;
  const variable = loneVariable(sides[at]!)!;
  const ends = rest.map((side) => (side as { value: Expression }).value);
  if (signs.length === 1)
    return { intervals: halfLines(at === 0 ? signs[0]! : turned(signs[0]!), ends[0]!), variable, unsure: false };
  if (signs.length !== 2 || at !== 1) return undefined;
  const [first, second] = signs as readonly [Relation, Relation];
  const [rising, falling] = [/^<=?$/, /^>=?$/].map((kind) => kind.test(first) && kind.test(second));
  if (!rising && !falling) return undefined;
  const [low, high] = rising ? [ends[0]!, ends[1]!] : [ends[1]!, ends[0]!];
  const [lowSign, highSign] = rising ? [first, second] : [second, first];
  return {
    intervals: [{ low, high, openLow: lowSign.length === 1, openHigh: highSign.length === 1 }],
    variable,
    unsure: false,
  };
}

const turned = (sign: Relation): Relation =>
  (({ "<": ">", ">": "<", "<=": ">=", ">=": "<=" }) as Partial<Record<Relation, Relation>>)[sign] ?? sign;

/** Where `variable sign end`. */
function halfLines(sign: Relation, end: Expression): Interval[] {
  if (sign === "=") return [point(end)];
  const below: Interval = { low: MINUS_INFINITY, high: end, openLow: true, openHigh: sign !== "<=" };
  const above: Interval = { low: end, high: INFINITY, openLow: sign !== ">=", openHigh: true };
  return sign.startsWith("<") ? [below] : sign.startsWith(">") ? [above] : [below, above];
}

export function loneVariable(answer: Answer): string | undefined {
  return answer.kind === "value" && answer.value.kind === "variable" && !answer.unit ? answer.value.name : undefined;
}

export function compareRegions(a: Region, b: Region, budget: Budget): Outcome {
  if (a.variable !== undefined && b.variable !== undefined && a.variable !== b.variable)
    return differentBecause(`${a.variable} is not ${b.variable}`);
  return compareIntervals(a.intervals, b.intervals, budget);
}

function compareIntervals(a: readonly Interval[], b: readonly Interval[], budget: Budget): Outcome {
  const symbolic = [...a, ...b].some(({ low, high }) => variablesOf(low).size + variablesOf(high).size > 0);
  const [left, right] = symbolic ? [a, b] : [merged(a, budget), merged(b, budget)];
  if (left.length !== right.length)
    return symbolic
      ? unknownBecause("intervals with variables cannot be joined")
      : differentBecause("they have other parts");
  if (left.length === 0) return equalBecause("both are empty");
  const outcome = every(left.flatMap((interval, i) => compareInterval(interval, right[i]!, budget)));
  return symbolic && left.length > 1 && outcome.verdict === "different"
    ? unknownBecause("their parts may be in another order")
    : outcome;
}

function compareInterval(a: Interval, b: Interval, budget: Budget): Outcome[] {
  if (a.openLow !== b.openLow || a.openHigh !== b.openHigh) return [differentBecause("one of them contains an end")];
  return [compareValues(a.low, b.low, budget), compareValues(a.high, b.high, budget)];
}

/** In order, and those that touch are one. @throws CannotTell for an interval whose ends are the wrong way round */
function merged(intervals: readonly Interval[], budget: Budget): Interval[] {
  const lowOrder = (x: Interval, y: Interval) => orderOf(x.low, y.low, budget) || Number(x.openLow) - Number(y.openLow);
  const result: Interval[] = [];
  for (const interval of [...intervals].sort(lowOrder)) {
    if (orderOf(interval.low, interval.high, budget) > 0) throw new CannotTell("an interval ends before it begins");
    const before = result.at(-1);
    const gap = before ? orderOf(before.high, interval.low, budget) : -1;
    if (!before || gap < 0 || (gap === 0 && before.openHigh && interval.openLow)) {
      result.push(interval);
      continue;
    }
    const further = orderOf(interval.high, before.high, budget);
    const openHigh =
      further === 0 ? interval.openHigh && before.openHigh : further > 0 ? interval.openHigh : before.openHigh;
    result[result.length - 1] = { ...before, high: further > 0 ? interval.high : before.high, openHigh };
  }
  return result;
}
