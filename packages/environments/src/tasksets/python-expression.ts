/** Program synthesis in Python: an expression in x that three examples show; eight hidden ones judge it. */

import type { Draw } from "@cachalot/tensor";
import { defineTaskset } from "../define-taskset.js";
import { evaluatePython } from "../programs/python/evaluate.js";
import { fromData, PythonError, toData } from "../programs/python/value.js";
import { pythonTests } from "../rewards/python-tests.js";
import type { Example } from "../rewards/unit-tests.js";
import type { Style } from "../taskset.js";
import { applyStage, drawStages, SINGLE_STAGES, type Stage } from "./python-stages.js";

interface PythonProblem {
  shown: Example[];
  hidden: Example[];
  /** One right expression, from the inside out. */
  stages: Stage[];
}

const LEVELS = 7;
const SHOWN = 3;
const HIDDEN = 8;
/** From here on x is a list. */
const FIRST_LIST = 2;

export const pythonExpression = defineTaskset<PythonProblem>({
  name: "python-expression",
  domain: "programming",
  description: "write a Python expression in x that makes the outputs of the inputs",
  levels: LEVELS,
  problem(draw, level) {
    const data = drawProblem(draw, level);
    const shown = data.shown.map(({ input, output }) => `${pythonText(input)} gives ${pythonText(output)}`).join(", ");
    const wordings = [
      `Write a Python expression in x: ${shown}. Answer with the expression only.`,
      `x = ${shown}. Which Python expression in x? Answer with it only.`,
    ];
    return { key: shown, prompt: draw.one(wordings), data };
  },
  rubric: [pythonTests(({ shown, hidden }) => [...shown, ...hidden])],
  program: ({ answer, task: { data } }) =>
    answer && { expression: answer.content ?? "", examples: [...data.shown, ...data.hidden] },
  solve: (data, style) => ({ reasoning: trace(data, style), answer: expressionOf(data.stages) }),
});

/** JSON data as Python writes it. */
const pythonText = (data: unknown): string => JSON.stringify(data).replaceAll(",", ", ");

const expressionOf = (stages: readonly Stage[]): string => stages.reduce(applyStage, "x");

/** @returns undefined where Python would refuse: the largest of nothing */
function run(expression: string, input: unknown): unknown {
  try {
    return toData(evaluatePython(expression, { x: fromData(input) }));
  } catch (error) {
    if (error instanceof PythonError) return undefined;
    throw error;
  }
}

function drawProblem(draw: Draw, level: number): PythonProblem {
  for (;;) {
    const stages = drawStages(draw, level);
    const examples = drawExamples(draw, level, expressionOf(stages));
    if (!examples) continue;
    const problem = { shown: examples.slice(0, SHOWN), hidden: examples.slice(SHOWN), stages };
    if (isFair(problem)) return problem;
  }
}

function drawExamples(draw: Draw, level: number, expression: string): Example[] | undefined {
  const examples = new Map<string, Example>();
  for (let attempt = 0; attempt < 40 && examples.size < SHOWN + HIDDEN; attempt++) {
    const input =
      level < FIRST_LIST
        ? draw.integer(0, 20)
        : Array.from({ length: draw.integer(3, level < 4 ? 3 : 5) }, () => draw.integer(0, 9));
    const output = run(expression, input);
    const isEmpty = output === undefined || (Array.isArray(output) && output.length === 0);
    if (!isEmpty) examples.set(JSON.stringify(input), { input, output });
  }
  return examples.size === SHOWN + HIDDEN ? [...examples.values()] : undefined;
}

/** Outputs differ, and no single stage does what several do, or fits what is shown but not what is hidden. */
function isFair({ shown, hidden, stages }: PythonProblem): boolean {
  if (shown.every(({ output }) => JSON.stringify(output) === JSON.stringify(shown[0]!.output))) return false;
  const others = SINGLE_STAGES.filter((stage) => stage.of === stages[0]!.of).map((stage) => applyStage("x", stage));
  const fits = (expression: string) => (example: Example) =>
    JSON.stringify(run(expression, example.input)) === JSON.stringify(example.output);
  const fitting = ["x", ...others].filter((expression) => shown.every(fits(expression)));
  return fitting.every((expression) => expression !== "x" && stages.length === 1 && hidden.every(fits(expression)));
}

/** Stage after stage on one, two or all of the examples: `[3, 1] sorted(x) [1, 3] sum(x) 4`. */
function trace({ shown, stages }: PythonProblem, style: Style): string {
  const lines = shown.map(({ input }) => {
    let value = input;
    const steps = stages.map((stage) => {
      value = run(applyStage("x", stage), value);
      return `${applyStage("x", stage)} ${pythonText(value)}`;
    });
    return [pythonText(input), ...steps].join(" ");
  });
  if (style === "terse") return lines[0]!;
  return style === "stepwise" ? lines.slice(0, 2).join("\n") : [...lines, "ok"].join("\n");
}
