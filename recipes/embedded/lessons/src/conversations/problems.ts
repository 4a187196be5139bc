import type { Draw } from "@cachalot/training";
import { combine, type Expression, number, type Operator } from "./expression.js";

/** A question, the expression that answers it, and the answer in words. */
export interface Problem {
  question: string;
  expression: Expression;
  /** The final answer, given the result's text. */
  answer: (result: string) => string;
}

/** Mostly 2-3 digits, at most 5; now and then a decimal. */
export function drawNumber(draw: Draw, decimals = 0.1): Expression {
  const digits = draw.weighted([
    [1, 12],
    [2, 33],
    [3, 33],
    [4, 15],
    [5, 7],
  ]);
  const whole = draw.integer(digits === 1 ? 2 : 10 ** (digits - 1), 10 ** digits - 1);
  return number(
    draw.chance(decimals) ? whole + draw.integer(1, draw.chance(0.5) ? 9 : 99) / (draw.chance(0.5) ? 10 : 100) : whole,
  );
}

export const small = (draw: Draw): Expression => number(draw.integer(2, 20));

/** Two numbers for an operator: quotients are mostly exact, differences mostly positive. */
function drawPair(draw: Draw): [Expression, Operator, Expression] {
  const operator = draw.weighted<Operator>([
    ["+", 28],
    ["-", 24],
    ["*", 28],
    ["/", 20],
  ]);
  const a = drawNumber(draw);
  const b = draw.chance(0.3) ? small(draw) : drawNumber(draw);
  if (operator === "/") {
    const divisor = number(draw.integer(2, draw.chance(0.5) ? 12 : 99));
    return draw.chance(0.85) ? [number(Math.round(a.value) * divisor.value), "/", divisor] : [a, "/", small(draw)];
  }
  if (operator === "-" && a.value < b.value && draw.chance(0.8)) return [b, operator, a];
  return [a, operator, b];
}

const WORDS: Record<Operator, readonly string[]> = {
  "+": ["+", "+", "+", "plus"],
  "-": ["-", "-", "-", "minus"],
  "*": ["*", "*", "x", "×", "times", "multiplied by"],
  "/": ["/", "/", "÷", "divided by"],
};

const FRAMES: readonly ((task: string) => string)[] = [
  (task) => `What is ${task}?`,
  (task) => `What is ${task}?`,
  (task) => `What is ${task}?`,
  (task) => `How much is ${task}?`,
  (task) => `Calculate ${task}.`,
  (task) => `Compute ${task}.`,
  (task) => `What's ${task}?`,
  (task) => `Please calculate ${task}.`,
  (task) => `Can you work out ${task}?`,
  (task) => `${task} = ?`,
  (task) => `${task}`,
];

const equation = (expression: Expression) => (result: string) => `${expression.text} = ${result}.`;

/** "What is 347 * 58?" in many wordings. */
export function directProblem(draw: Draw): Problem {
  const [a, operator, b] = drawPair(draw);
  const expression = combine(a, operator, b);
  const word = draw.one(WORDS[operator]);
  const compact = word.length === 1 && draw.chance(0.25);
  const question = draw.one(FRAMES)(`${a.text}${compact ? "" : " "}${word}${compact ? "" : " "}${b.text}`);
  return { question, expression, answer: equation(expression) };
}

/** "Add 12 and 30.", "What is the product of 3 and 4?" */
export function namedProblem(draw: Draw): Problem {
  const [a, operator, b] = drawPair(draw);
  const expression = combine(a, operator, b);
  const forms: Record<Operator, readonly string[]> = {
    "+": [`What is the sum of ${a.text} and ${b.text}?`, `Add ${a.text} and ${b.text}.`],
    "-": [`What is the difference between ${a.text} and ${b.text}?`, `Subtract ${b.text} from ${a.text}.`],
    "*": [`What is the product of ${a.text} and ${b.text}?`, `Multiply ${a.text} by ${b.text}.`],
    "/": [`Divide ${a.text} by ${b.text}.`, `What is ${a.text} over ${b.text}?`],
  };
  return { question: draw.one(forms[operator]), expression, answer: equation(expression) };
}

/** Two operators, with or without parentheses. */
export function twoStepProblem(draw: Draw): Problem {
  const [a, b, c] = [drawNumber(draw, 0), drawNumber(draw, 0), small(draw)];
  const first = draw.one<Operator>(["+", "-", "*"]);
  const second = draw.one<Operator>(["+", "-", "*"]);
  if (draw.chance(0.3)) {
    const verbs: Record<Operator, readonly [string, string]> = {
      "+": ["Add", "and"],
      "-": ["Take", "minus"],
      "*": ["Multiply", "by"],
      "/": ["Divide", "by"],
    };
    const then: Record<Operator, string> = { "+": "add", "-": "subtract", "*": "multiply by", "/": "divide by" };
    const expression = combine(combine(a, first, b), second, c);
    const question = `${verbs[first][0]} ${a.text} ${verbs[first][1]} ${b.text}, then ${then[second]} ${c.text}.`;
    return { question, expression, answer: equation(expression) };
  }
  const expression = draw.chance(0.6)
    ? combine(combine(a, first, b), second, c)
    : combine(c, second, combine(a, first, b));
  return { question: draw.one(FRAMES)(expression.text), expression, answer: equation(expression) };
}

/** "What is 15 percent of 240?" */
export function percentProblem(draw: Draw): Problem {
  const rate = number(draw.one([5, 10, 12, 15, 20, 25, 30, 35, 40, 60, 75, 80]));
  const base = number(draw.integer(1, 99) * draw.one([10, 20, 100]));
  const sign = draw.one([" percent", "%"]);
  const expression = combine(combine(base, "*", rate), "/", number(100));
  return {
    question: draw.one([
      `What is ${rate.text}${sign} of ${base.text}?`,
      `How much is ${rate.text}${sign} of ${base.text}?`,
    ]),
    expression,
    answer: (result) => `${rate.text}${sign} of ${base.text} is ${result}.`,
  };
}
