import type { Draw } from "@cachalot/training";
import { combine, type Expression, formatResult, isHeldOut, number, type Operator } from "./expression.js";
import {
  directProblem,
  drawNumber,
  namedProblem,
  type Problem,
  percentProblem,
  small,
  twoStepProblem,
} from "./problems.js";
import type { MakeTurn, Turn, TurnContext } from "./turn.js";
import { wordProblem } from "./word-problems.js";

/** The name the calculator tool has in the data recipe. */
const CALCULATOR = "calculator";

/** A problem from every kind, on the right side of the held-out split. */
export function drawProblem(draw: Draw, heldOut: boolean): Problem {
  return onSide(heldOut, () =>
    draw.weighted([
      [directProblem, 42],
      [namedProblem, 12],
      [twoStepProblem, 12],
      [percentProblem, 5],
      [wordProblem, 29],
    ])(draw),
  );
}

function onSide(heldOut: boolean, make: () => Problem): Problem {
  for (;;) {
    const problem = make();
    if (isHeldOut(problem.expression.text) === heldOut) return problem;
  }
}

/** A problem solved with one tool call. */
export const calculatorTurn: MakeTurn = ({ draw, heldOut, previous }: TurnContext) => {
  const follows = previous && isHandy(previous) && draw.chance(0.6);
  return solve(follows ? onSide(heldOut, () => followUp(draw, previous)) : drawProblem(draw, heldOut));
};

function solve({ question, expression, answer }: Problem): Turn {
  const result = formatResult(expression.value);
  return {
    user: question,
    steps: [
      {
        reasoning: `I should compute ${expression.text} with the calculator.`,
        call: { name: CALCULATOR, arguments: { expression: expression.text } },
        result,
      },
      { reasoning: `The result is ${result}.`, content: answer(result) },
    ],
    result: number(Number(result)),
  };
}

/** Whether people would go on calculating with this number. */
function isHandy({ text, value }: Expression): boolean {
  return text.length <= 8 && value > 0;
}

/** "Now add 12 to that." */
function followUp(draw: Draw, previous: Expression): Problem {
  const b = draw.chance(0.5) ? small(draw) : drawNumber(draw, 0);
  const c = number(draw.one([2, 2, 3, 4, 5, 6, 8, 10]));
  const [question, operator, operand] = draw.one<readonly [string, Operator, Expression]>([
    [`Now add ${b.text} to that.`, "+", b],
    [`Add ${b.text}.`, "+", b],
    [`And plus ${b.text}?`, "+", b],
    [`Now subtract ${b.text}.`, "-", b],
    [`Subtract ${b.text} from that.`, "-", b],
    [`And minus ${b.text}?`, "-", b],
    [`Multiply that by ${b.text}.`, "*", b],
    [`And times ${b.text}?`, "*", b],
    [`Now multiply the result by ${b.text}.`, "*", b],
    [`And divided by ${c.text}?`, "/", c],
    [`Divide that by ${c.text}.`, "/", c],
    ["Double it.", "*", number(2)],
    ["What is half of that?", "/", number(2)],
    ["And half of that?", "/", number(2)],
    ["Now triple it.", "*", number(3)],
  ]);
  const expression = combine(previous, operator, operand);
  return { question, expression, answer: (result) => `${expression.text} = ${result}.` };
}

/**
 * Without a tool: sums of one-digit numbers are known, anything else is handed back as an expression.
 */
export const mentalTurn: MakeTurn = ({ draw, heldOut }) => {
  if (draw.chance(0.5)) {
    const [a, b] = [draw.integer(0, 10), draw.integer(0, 10)];
    const operator = draw.one<Operator>(["+", "-", "*"]);
    const [x, y] = operator === "-" && a < b ? [b, a] : [a, b];
    const expression = combine(number(x), operator, number(y));
    const word = draw.one({ "+": ["+", "plus"], "-": ["-", "minus"], "*": ["*", "times"], "/": ["/"] }[operator]);
    const question = draw.one([`What is ${x} ${word} ${y}?`, `How much is ${x} ${word} ${y}?`, `${x} ${word} ${y}`]);
    const content = `${expression.text} = ${formatResult(expression.value)}.`;
    return { user: question, steps: [{ reasoning: "This is easy.", content }] };
  }
  const { question, expression } = drawProblem(draw, heldOut);
  return {
    user: question,
    steps: [
      {
        reasoning: `I would need a calculator for ${expression.text}.`,
        content: `I have no calculator here. The expression is ${expression.text}.`,
      },
    ],
  };
};
