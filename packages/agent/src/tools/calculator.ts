import type { ToolDefinition } from "@cachalot/chat";
import {
  absDependencies,
  addDependencies,
  ceilDependencies,
  create,
  divideDependencies,
  eDependencies,
  evaluateDependencies,
  type FactoryFunctionMap,
  floorDependencies,
  format,
  modDependencies,
  multiplyDependencies,
  piDependencies,
  powDependencies,
  roundDependencies,
  sqrtDependencies,
  subtractDependencies,
  unaryMinusDependencies,
  unaryPlusDependencies,
} from "mathjs/number";
import type { Tool } from "./tool.js";

/** What a model is told about the calculator. The embedded model was trained with exactly this text. */
export const calculatorDefinition: ToolDefinition = {
  type: "function",
  function: {
    name: "calculator",
    description: "Evaluates an arithmetic expression and returns the result.",
    parameters: {
      type: "object",
      properties: {
        expression: { type: "string", description: "The expression, for example (3 + 4) * 12" },
      },
      required: ["expression"],
    },
  },
};

const MAX_LENGTH = 500;

const math = create({
  evaluateDependencies,
  addDependencies,
  subtractDependencies,
  multiplyDependencies,
  divideDependencies,
  modDependencies,
  powDependencies,
  unaryMinusDependencies,
  unaryPlusDependencies,
  sqrtDependencies,
  absDependencies,
  roundDependencies,
  floorDependencies,
  ceilDependencies,
  piDependencies,
  eDependencies,
} as FactoryFunctionMap);

const NAMES = /\b(?:sqrt|abs|round|floor|ceil|pi|e)\b|(?<=\d)e(?=[+-]?\d)/gi;

/** Numbers, operators, parentheses and a few names only: no assignments, strings, matrices or units. */
const isArithmetic = (expression: string) => /^[\d\s.+\-*/%^(),]*$/.test(expression.replace(NAMES, ""));

/** Plain digits as long as a double is exact to them; 14 significant digits hide rounding (0.1 + 0.2 = 0.3). */
const FORMAT = { precision: 14, lowerExp: -7, upperExp: 15 };

/**
 * The calculator tool: evaluates arithmetic.
 *
 * @returns the result as a plain number, or text that starts with `Error: ` and says what to change; it never throws
 */
export function calculate(expression: unknown): string {
  if (typeof expression !== "string") return "Error: expression must be a string, for example (3 + 4) * 12";
  if (expression.length > MAX_LENGTH) return `Error: the expression is longer than ${MAX_LENGTH} characters; split it`;
  if (!isArithmetic(expression)) {
    return "Error: use only numbers, + - * / % ^, parentheses, sqrt, abs, round, floor, ceil, pi and e";
  }
  try {
    const value: unknown = math.evaluate(expression);
    if (typeof value !== "number") return "Error: the result is not a real number";
    if (Number.isNaN(value)) return "Error: the result is not defined";
    if (!Number.isFinite(value)) return "Error: the result is infinite; is there a division by zero?";
    return format(value, FORMAT);
  } catch (error) {
    return `Error: ${(error as Error).message}`;
  }
}

/** The calculator, ready for a tool loop. */
export const calculatorTool: Tool = {
  definition: calculatorDefinition,
  execute: ({ expression }) => calculate(expression),
};
