import { hashText } from "@cachalot/training";

export type Operator = "+" | "-" | "*" | "/";

/** An arithmetic expression: the text the calculator is given, and its value. */
export interface Expression {
  text: string;
  value: number;
  /** Binding strength of the outermost operator; 3 for a number. */
  level: number;
}

const LEVEL = { "+": 1, "-": 1, "*": 2, "/": 2 } as const;

export function number(value: number): Expression {
  return { text: formatResult(value), value, level: 3 };
}

/** `left operator right`, with the parentheses it needs. */
export function combine(left: Expression, operator: Operator, right: Expression): Expression {
  const level = LEVEL[operator];
  const a = left.level < level ? `(${left.text})` : left.text;
  const b = right.level <= level ? `(${right.text})` : right.text;
  return { text: `${a} ${operator} ${b}`, value: apply(left.value, operator, right.value), level };
}

function apply(a: number, operator: Operator, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
  }
}

/** What the calculator tool answers: at most 14 significant digits, never an exponent at our sizes. */
export function formatResult(value: number): string {
  return String(Number(value.toPrecision(14)));
}

/** Whether no training conversation may contain this expression (1 in 50). */
export function isHeldOut(expression: string): boolean {
  return hashText(expression) % 50 === 0;
}
