import { parseListProgram, runListProgram } from "../programs/list-functions.js";
import type { Reward } from "../reward.js";
import { type Example, type Interpreter, unitTests } from "./unit-tests.js";

const interpret: Interpreter = (text) => {
  const program = parseListProgram(text);
  return program && ((input) => runListProgram(program, input as number[]));
};

/** Whether a pipeline of list functions is right on every example. */
export function listFunctionTests<D>(examples: (data: D) => readonly Example[], weight = 1): Reward<D> {
  return unitTests(interpret, examples, weight);
}
