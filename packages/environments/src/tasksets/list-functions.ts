/** Program synthesis over list functions: find the pipeline that three examples show; eight hidden ones judge it. */

import type { Draw } from "@cachalot/tensor";
import { defineTaskset } from "../define-taskset.js";
import { LIST_FUNCTION_NAMES, LIST_FUNCTIONS, type ListFunction, runListProgram } from "../programs/list-functions.js";
import { listFunctionTests } from "../rewards/list-functions.js";
import type { Style } from "../taskset.js";

interface ListExample {
  input: number[];
  output: number[];
}

interface ListProblem {
  shown: ListExample[];
  hidden: ListExample[];
  /** One right program. */
  program: ListFunction[];
}

/** [functions, fewest numbers in a list, most] by level. */
const LEVELS = [
  [1, 3, 3],
  [2, 3, 4],
  [3, 4, 5],
  [4, 5, 6],
  [5, 6, 7],
  [7, 7, 9],
] as const;

const SHOWN = 3;
const HIDDEN = 8;
/** Shorter programs that would do are looked for up to this length. */
const LONGEST_TRIED = 3;

export const listFunctions = defineTaskset<ListProblem>({
  name: "list-functions",
  domain: "programming",
  description: "find the list functions that make the outputs of the inputs",
  levels: LEVELS.length,
  problem(draw, level) {
    const data = drawProblem(draw, level);
    const shown = data.shown.map(({ input, output }) => `${input} -> ${output}`).join("; ");
    const names = draw.shuffled(LIST_FUNCTION_NAMES).join(" ");
    const wordings = [
      `Functions: ${names}. Which, in order, do ${shown}? Answer with their names only.`,
      `${shown}. Which of ${names} do this, in order? Answer with the names only.`,
    ];
    return { key: shown, prompt: draw.one(wordings), data };
  },
  rubric: [listFunctionTests(({ shown, hidden }) => [...shown, ...hidden])],
  solve: (data, style) => ({ reasoning: trace(data, style), answer: data.program.join(" ") }),
});

function drawProblem(draw: Draw, level: number): ListProblem {
  const [length] = LEVELS[level]!;
  for (;;) {
    const program = Array.from({ length }, () => draw.one(LIST_FUNCTION_NAMES));
    const examples = drawExamples(draw, level, program);
    if (!examples) continue;
    const problem = { shown: examples.slice(0, SHOWN), hidden: examples.slice(SHOWN), program };
    if (isFair(problem)) return problem;
  }
}

/** Of different inputs, none of them with an empty output. */
function drawExamples(draw: Draw, level: number, program: readonly ListFunction[]): ListExample[] | undefined {
  const [, fewest, most] = LEVELS[level]!;
  const examples = new Map<string, ListExample>();
  for (let attempt = 0; attempt < 40 && examples.size < SHOWN + HIDDEN; attempt++) {
    const input = Array.from({ length: draw.integer(fewest, most) }, () => draw.integer(0, 9));
    const output = runListProgram(program, input);
    if (output.length > 0) examples.set(`${input}`, { input, output });
  }
  return examples.size === SHOWN + HIDDEN ? [...examples.values()] : undefined;
}

/** No shorter program does, and none of that length fits what is shown but not what is hidden. */
function isFair({ shown, hidden, program }: ListProblem): boolean {
  if (!doesSomething(shown, program)) return false;
  for (let length = 1; length <= Math.min(program.length, LONGEST_TRIED); length++)
    for (const other of programsOf(length))
      if (shown.every((example) => fits(other, example)))
        if (length < program.length || !hidden.every((example) => fits(other, example))) return false;
  return true;
}

/** Every function changes the list in one of the examples that are shown. */
function doesSomething(shown: readonly ListExample[], program: readonly ListFunction[]): boolean {
  return program.every((name, i) =>
    shown.some(({ input }) => {
      const before = runListProgram(program.slice(0, i), input);
      return `${before}` !== `${LIST_FUNCTIONS[name](before)}`;
    }),
  );
}

const fits = (program: readonly ListFunction[], { input, output }: ListExample): boolean =>
  `${runListProgram(program, input)}` === `${output}`;

function* programsOf(length: number): Generator<ListFunction[]> {
  if (length === 0) return yield [];
  for (const rest of programsOf(length - 1)) for (const name of LIST_FUNCTION_NAMES) yield [...rest, name];
}

/** The program on one, two or all of the examples: `3,1,2 sort 1,2,3 double 2,4,6`. */
function trace({ shown, program }: ListProblem, style: Style): string {
  const lines = shown.map(({ input }) => {
    const steps = program.map((name, i) => `${name} ${runListProgram(program.slice(0, i + 1), input)}`);
    return [input, ...steps].join(" ");
  });
  if (style === "terse") return lines[0]!;
  return style === "stepwise" ? lines.slice(0, 2).join("\n") : [...lines, "ok"].join("\n");
}
