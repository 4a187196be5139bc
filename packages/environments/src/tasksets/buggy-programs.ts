/** Small Python programs, what they should do in words, and the bugs one writes into them. */

import type { Draw } from "@cachalot/tensor";

/** A part of a program: lines over a list in variable `from`, whose result is in variable `to`. */
interface Part {
  text: string;
  lines: string[];
}

type MakePart = (k: number, from: string, to: string) => Part;

const loop = (text: string, from: string, to: string, start: string, ...body: string[]): Part => ({
  text,
  lines: [`${to} = ${start}`, `for v in ${from}:`, ...body.map((line) => `  ${line}`)],
});

/** From a list to a list. */
const MAPS: readonly MakePart[] = [
  (k, from, to) => loop(`add ${k} to each`, from, to, "[]", `${to}.append(v + ${k})`),
  (k, from, to) => loop(`take ${k} from each`, from, to, "[]", `${to}.append(v - ${k})`),
  (k, from, to) => loop(`multiply each by ${k}`, from, to, "[]", `${to}.append(v * ${k})`),
  (k, from, to) => loop(`keep those over ${k}`, from, to, "[]", `if v > ${k}:`, `  ${to}.append(v)`),
  (k, from, to) => loop(`keep those under ${k}`, from, to, "[]", `if v < ${k}:`, `  ${to}.append(v)`),
];

/** From a list to a number. */
const FOLDS: readonly MakePart[] = [
  (_, from, to) => loop("sum them", from, to, "0", `${to} += v`),
  (_, from, to) => loop("multiply them", from, to, "1", `${to} *= v`),
  (k, from, to) => loop(`count those over ${k}`, from, to, "0", `if v > ${k}:`, `  ${to} += 1`),
  (k, from, to) => loop(`count those equal to ${k}`, from, to, "0", `if v == ${k}:`, `  ${to} += 1`),
  (k, from, to) => loop(`count those under ${k}`, from, to, "0", `if v < ${k}:`, `  ${to} += 1`),
  (k, from, to) => loop(`sum those under ${k}`, from, to, "0", `if v < ${k}:`, `  ${to} += v`),
  (k, from, to) => loop(`sum those over ${k}`, from, to, "0", `if v > ${k}:`, `  ${to} += v`),
];

export interface CorrectProgram {
  /** What it should do. */
  text: string;
  lines: string[];
}

/** Of what each part results in, in order. */
const RESULT_NAMES = ["a", "b", "c", "d", "e", "g"];

/** @param maps parts before the last one, which gives a number */
export function drawProgram(draw: Draw, maps: number): CorrectProgram {
  const makers = [...Array.from({ length: maps }, () => draw.one(MAPS)), draw.one(FOLDS)];
  const parts = makers.map((make, i) =>
    make(draw.integer(2, 8), i === 0 ? "x" : RESULT_NAMES[i - 1]!, RESULT_NAMES[i]!),
  );
  const body = [...parts.flatMap(({ lines }) => lines), `return ${RESULT_NAMES[makers.length - 1]}`];
  return {
    text: parts.map(({ text }) => text).join(", then "),
    lines: ["def f(x):", ...body.map((line) => `  ${line}`)],
  };
}

const OPERATORS: readonly (readonly [RegExp, string])[] = [
  [/ \+= /, " -= "],
  [/ \*= /, " += "],
  [/ > /, " < "],
  [/ < /, " > "],
  [/ == /, " > "],
  [/ \+ /, " - "],
  [/ - /, " + "],
  [/ \* /, " + "],
];

/** A line with one bug: an operator, a constant, a name, or the order of two operands. */
const BUGS: readonly ((line: string, draw: Draw) => string)[] = [
  (line) => {
    const [pattern, other] = OPERATORS.find(([pattern]) => pattern.test(line)) ?? [/$/, ""];
    return line.replace(pattern, other);
  },
  (line, draw) => line.replace(/\b\d+\b/, (digits) => `${Number(digits) + draw.integer(1, 2)}`),
  (line) => line.replace(/ in ([a-g]):/, " in x:").replace(/return \w/, "return x"),
  (line) => line.replace(/v - (\d)/, "$1 - v").replace(/v ([<>]) (\d)/, "$2 $1 v"),
];

/** @returns the lines with that many of them spoilt; undefined where fewer can be */
export function addBugs(draw: Draw, lines: readonly string[], bugs: number): string[] | undefined {
  const spoilt = [...lines];
  const choices = lines.map((line, i) =>
    i === 0 ? [] : BUGS.map((bug) => bug(line, draw)).filter((changed) => changed !== line),
  );
  const places = draw.some(
    [...lines.keys()].filter((i) => choices[i]!.length > 0),
    bugs,
  );
  for (const at of places) spoilt[at] = draw.one(choices[at]!);
  return places.length === bugs ? spoilt : undefined;
}

const LOOP_NAMES = ["v", "n", "t", "w"];

/**
 * Another writer's names for the variables, the same in every line it is given. Without them the easiest level has a hundred
 * programs, which a model learns by heart instead of how to mend one.
 */
export function drawNames(draw: Draw): (line: string) => string {
  const results = draw.some(RESULT_NAMES, RESULT_NAMES.length);
  const names = new Map([["v", draw.one(LOOP_NAMES)], ...RESULT_NAMES.map((name, i) => [name, results[i]!] as const)]);
  return (line) => line.replace(/\b[a-gv]\b/g, (name) => names.get(name) ?? name);
}
