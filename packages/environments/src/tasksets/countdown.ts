/** Countdown: numbers, each used once, make a target. */

import type { Draw } from "@cachalot/tensor";
import { defineTaskset } from "../define-taskset.js";
import { evaluateArithmetic } from "../math/arithmetic.js";
import { correct } from "../rewards/correct.js";
import type { Style } from "../taskset.js";

interface Countdown {
  numbers: number[];
  target: number;
  /** One way to make it. */
  solution: Way;
  /** Ways that make something else, tried before it. */
  tries: Way[];
}

interface Way {
  /** `25-7=18`, one number less each. */
  steps: string[];
  expression: string;
  value: number;
}

interface Term {
  text: string;
  value: number;
  /** Of the operator that stands outside of all parentheses; 3 for a number. */
  precedence: number;
}

type Operator = "+" | "-" | "*" | "/";

const LEVELS: readonly { count: number; largest: number; operators: readonly Operator[] }[] = [
  { count: 2, largest: 20, operators: ["+", "-"] },
  { count: 3, largest: 9, operators: ["+", "-"] },
  { count: 3, largest: 12, operators: ["+", "-", "*"] },
  { count: 4, largest: 25, operators: ["+", "-", "*", "/"] },
  { count: 5, largest: 50, operators: ["+", "-", "*", "/"] },
  { count: 6, largest: 100, operators: ["+", "-", "*", "/"] },
];

const LARGEST_TARGET = 999;

const WORDINGS = [
  (numbers: string, target: number) =>
    `Use ${numbers}, each once, with + - * / to make ${target}. Answer with the expression only.`,
  (numbers: string, target: number) =>
    `Make ${target} from ${numbers} with + - * /, each number once. Answer with the expression only.`,
];

export const countdown = defineTaskset<Countdown>({
  name: "countdown",
  domain: "mathematics",
  description: "make a target from numbers, each used once",
  levels: LEVELS.length,
  problem(draw, level) {
    const data = drawCountdown(draw, level);
    return {
      key: `${data.numbers.toSorted((a, b) => a - b).join(" ")} -> ${data.target}`,
      prompt: draw.one(WORDINGS)(data.numbers.join(" "), data.target),
      data,
    };
  },
  rubric: [correct(makesTarget)],
  solve: (data, style) => ({ reasoning: search(data, style), answer: data.solution.expression }),
});

/** Any expression counts that uses the numbers as they are, each once. */
function makesTarget(answer: string, { numbers, target }: Countdown): boolean {
  const evaluated = /^[\d\s+\-*/()]+$/.test(answer) ? evaluateArithmetic(answer) : undefined;
  if (!evaluated || /\*\s*\*/.test(answer)) return false;
  const sorted = (texts: readonly string[]) => texts.toSorted().join(" ");
  return (
    sorted(evaluated.numbers) === sorted(numbers.map(String)) &&
    evaluated.value.d === 1n &&
    evaluated.value.n === BigInt(target)
  );
}

function drawCountdown(draw: Draw, level: number): Countdown {
  const { count, largest, operators } = LEVELS[level]!;
  for (;;) {
    const numbers = Array.from({ length: count }, () => draw.integer(1, largest));
    const solution = drawWay(draw, numbers, operators);
    if (solution.value < 1 || solution.value > LARGEST_TARGET) continue;
    const tries = Array.from({ length: draw.integer(1, count - 1) }, () => drawWay(draw, numbers, operators));
    return { numbers, target: solution.value, solution, tries: tries.filter(({ value }) => value !== solution.value) };
  }
}

/** Joins two of the numbers, then two of what is left, until one is. */
function drawWay(draw: Draw, numbers: readonly number[], operators: readonly Operator[]): Way {
  let terms: Term[] = numbers.map((value) => ({ text: `${value}`, value, precedence: 3 }));
  const steps: string[] = [];
  while (terms.length > 1) {
    const [a, b, ...rest] = draw.shuffled(terms) as [Term, Term, ...Term[]];
    const possible = operators.filter((operator) => isWhole(operator, a.value, b.value));
    const operator = draw.one(possible);
    const joined = join(a, operator, b);
    steps.push(`${a.value}${operator}${b.value}=${joined.value}`);
    terms = [joined, ...rest];
  }
  return { steps, expression: terms[0]!.text, value: terms[0]!.value };
}

/** Whether the result is a whole number from 0 on, and the step is not one that does nothing. */
function isWhole(operator: Operator, a: number, b: number): boolean {
  if (operator === "-") return a >= b;
  return operator !== "/" || (b > 1 && a % b === 0);
}

function join(a: Term, operator: Operator, b: Term): Term {
  const precedence = operator === "+" || operator === "-" ? 1 : 2;
  const value = { "+": a.value + b.value, "-": a.value - b.value, "*": a.value * b.value, "/": a.value / b.value };
  const left = a.precedence < precedence ? `(${a.text})` : a.text;
  const commutes = operator === "+" || operator === "*";
  const right = b.precedence < precedence || (b.precedence === precedence && !commutes) ? `(${b.text})` : b.text;
  return { text: `${left}${operator}${right}`, value: value[operator], precedence };
}

function search({ target, solution, tries }: Countdown, style: Style): string {
  const right = `${solution.steps.join(" ")} yes`;
  if (style === "terse") return right;
  const lines = [`target ${target}`, ...tries.map(({ steps }) => `${steps.join(" ")} no`), right];
  if (style === "stepwise") return lines.join("\n");
  return [...lines, `check ${solution.expression}=${solution.value}`].join("\n");
}
