import { Draw } from "@cachalot/training";
import { drawProblem } from "./calculator.js";
import { formatResult } from "./expression.js";

export interface CalculatorProblem {
  /** The user's message. */
  question: string;
  /** One right expression; another with the same value is as good. */
  expression: string;
  value: number;
  /** What the calculator answers. */
  result: string;
}

/** `n` problems that no training conversation contains, the same for the same seed. */
export function calculatorProblems(seed: number, n: number): CalculatorProblem[] {
  const draw = new Draw(seed);
  return Array.from({ length: n }, () => {
    const { question, expression } = drawProblem(draw, true);
    return { question, expression: expression.text, value: expression.value, result: formatResult(expression.value) };
  });
}
