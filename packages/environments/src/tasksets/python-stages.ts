/** Stages of Python expressions: each puts something around an expression, whose value is a number or a list. */

import type { Draw } from "@cachalot/tensor";

type Kind = "number" | "list";

export interface Stage {
  of: Kind;
  gives: Kind;
  /** The expression with `x` in the place of the inner one. */
  text: string;
}

const stages = (of: Kind, gives: Kind, texts: readonly string[]): Stage[] => texts.map((text) => ({ of, gives, text }));

const from = (low: number, high: number): number[] => Array.from({ length: high - low + 1 }, (_, i) => low + i);

const NUMBERS = stages("number", "number", [
  ...from(1, 9).flatMap((k) => [`x + ${k}`, `x - ${k}`]),
  ...from(2, 9).map((k) => `x * ${k}`),
]);
const DIVISIONS = stages(
  "number",
  "number",
  from(2, 5).flatMap((k) => [`x // ${k}`, `x % ${k}`]),
);
const PICKS = stages("list", "number", ["sum(x)", "max(x)", "min(x)", "x[0]", "x[-1]", "len(x)"]);
const ORDERS = stages("list", "list", ["sorted(x)", "x[::-1]", "x[1:]", "x[:-1]"]);
const MAPS = stages("list", "list", [
  ...from(1, 5).map((k) => `[v + ${k} for v in x]`),
  ...from(2, 4).map((k) => `[v * ${k} for v in x]`),
]);
const FILTERS = stages("list", "list", [
  ...from(2, 6).flatMap((k) => [`[v for v in x if v > ${k}]`, `[v for v in x if v < ${k}]`]),
  "[v for v in x if v % 2 == 0]",
  "[v for v in x if v % 2 == 1]",
]);

export const SINGLE_STAGES: readonly Stage[] = [...NUMBERS, ...DIVISIONS, ...PICKS, ...ORDERS, ...MAPS, ...FILTERS];

/** What each stage of a level is drawn from, from the inside out. */
const LEVELS: readonly (readonly (readonly Stage[])[])[] = [
  [NUMBERS],
  [NUMBERS, NUMBERS],
  [[...PICKS, ...ORDERS, ...MAPS]],
  [
    [...ORDERS, ...MAPS],
    [...PICKS, ...ORDERS, ...MAPS],
  ],
  [FILTERS, [...ORDERS, ...MAPS], [...PICKS, ...ORDERS]],
  [FILTERS, MAPS, ORDERS, PICKS, NUMBERS],
  [MAPS, FILTERS, ORDERS, MAPS, FILTERS, PICKS, NUMBERS, DIVISIONS],
];

/** Stages that fit one another. */
export function drawStages(draw: Draw, level: number): Stage[] {
  return LEVELS[level]!.map((choices) => draw.one(choices));
}

/** Puts a stage around an expression, in parentheses where it must be. */
export function applyStage(inner: string, { text }: Stage): string {
  const isWhole = /^(?:\w+|\w+\([^()]*\)|\[.*\])$/.test(inner) || isOneCall(inner);
  const needs = /^x (?:[-+*%]|\/\/)/.test(text) || /^x\[/.test(text);
  return text.replace(/\bx\b/, () => (needs && !isWhole ? `(${inner})` : inner));
}

/** `f(...)` or `[...]` with indices behind it, and nothing beside them. */
function isOneCall(text: string): boolean {
  let depth = 0;
  for (const letter of text) {
    if ("([".includes(letter)) depth++;
    else if (")]".includes(letter)) depth--;
    else if (depth === 0 && !/\w/.test(letter)) return false;
  }
  return true;
}
