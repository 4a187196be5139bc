import { evaluatePython } from "../programs/python/evaluate.js";
import { fromData, toData } from "../programs/python/value.js";
import type { Reward } from "../reward.js";
import { type Example, type Interpreter, unitTests } from "./unit-tests.js";

const interpret: Interpreter = (text) => (input) => toData(evaluatePython(text, { x: fromData(input) }));

/** Whether a Python expression in `x` is right on every example, by the interpreter in this process. */
export function pythonTests<D>(examples: (data: D) => readonly Example[], weight = 1): Reward<D> {
  return unitTests(interpret, examples, weight);
}
