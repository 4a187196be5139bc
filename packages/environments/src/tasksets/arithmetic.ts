/** Arithmetic digit by digit, from the last digit on, as on paper: reversed numbers put the digits in the order of the work. */

import type { Draw } from "@cachalot/tensor";
import { defineTaskset } from "../define-taskset.js";
import { exactAnswer } from "../rewards/exact-answer.js";
import type { Style } from "../taskset.js";
import { calculateDigits } from "./arithmetic-digits.js";

interface Sum {
  a: string;
  operator: "+" | "-" | "*";
  b: string;
  result: string;
}

/** Digits of each number by operator and level; the first of two is the longer one. */
const LEVELS = [
  { "+": [1, 2], "-": [1, 1] },
  { "+": [2, 3], "-": [2, 2], "*": [1, 1] },
  { "+": [3, 4], "-": [3, 4], "*": [2, 1] },
  { "+": [5, 6], "-": [5, 6], "*": [2, 2] },
  { "+": [8, 10], "-": [8, 10], "*": [3, 2] },
  { "+": [14, 16], "-": [14, 16], "*": [5, 3] },
  { "+": [30, 40], "-": [30, 40], "*": [8, 8] },
] as const satisfies readonly Partial<Record<Sum["operator"], readonly [number, number]>>[];

/** From here on differences may be below 0. */
const FIRST_NEGATIVE = 3;

const WORDINGS = [
  (sum: string) => `What is ${sum}? Answer with the number only.`,
  (sum: string) => `Compute ${sum}. Answer with the number only.`,
  (sum: string) => `${sum} = ? Write only the number.`,
];

export const arithmetic = defineTaskset<Sum>({
  name: "arithmetic",
  domain: "mathematics",
  description: "add, subtract and multiply whole numbers, digit by digit",
  levels: LEVELS.length,
  problem(draw, level) {
    const { a, operator, b } = drawSum(draw, level);
    const ordered = operator === "-" || BigInt(a) <= BigInt(b) ? [a, b] : [b, a];
    return {
      key: ordered.join(operator),
      prompt: draw.one(WORDINGS)(`${a} ${operator} ${b}`),
      data: { a, operator, b, result: calculateDigits(a, operator, b).result },
    };
  },
  rubric: [exactAnswer(({ result }) => result)],
  solve: (data, style) => ({ reasoning: onPaper(data, style), answer: data.result }),
});

function drawSum(draw: Draw, level: number): Omit<Sum, "result"> {
  const digits: Partial<Record<Sum["operator"], readonly [number, number]>> = LEVELS[level]!;
  const operator = draw.one(Object.keys(digits) as Sum["operator"][]);
  const [first, second] = digits[operator]!;
  const lengths = operator === "*" ? [first, second] : [draw.integer(first, second), draw.integer(first, second)];
  const [a, b] = lengths.map((length) => drawNumber(draw, length)) as [string, string];
  const mustSwap = operator === "-" && level < FIRST_NEGATIVE && BigInt(a) < BigInt(b);
  const maySwap = operator !== "-" && draw.chance(0.5);
  return mustSwap || maySwap ? { a: b, operator, b: a } : { a, operator, b };
}

/** Of that many digits, the first not 0 unless it is the only one. */
function drawNumber(draw: Draw, length: number): string {
  return Array.from({ length }, (_, i) => draw.integer(i === 0 && length > 1 ? 1 : 0, 9)).join("");
}

/** Terse: reversed numbers and the reversed result. Checked: the opposite calculation, for products the other way round. */
function onPaper({ a, operator, b, result }: Sum, style: Style): string {
  const { lines } = calculateDigits(a, operator, b);
  const reversed = (number: string) => [...number.replace("-", "")].reverse().join("");
  if (style === "terse") return `${reversed(a)} ${operator} ${reversed(b)} = ${reversed(result)}`;
  if (style === "stepwise") return lines.join("\n");
  const check =
    operator === "*"
      ? calculateDigits(b, "*", a)
      : operator === "+"
        ? calculateDigits(result, "-", b)
        : result.startsWith("-")
          ? calculateDigits(a, "+", result.slice(1))
          : calculateDigits(result, "+", b);
  return [...lines, "check", ...check.lines, "ok"].join("\n");
}
