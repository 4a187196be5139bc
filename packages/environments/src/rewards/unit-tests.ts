import type { Reward } from "../reward.js";
import { correct } from "./correct.js";

/** An input and what a right program makes of it. */
export interface Example {
  input: unknown;
  output: unknown;
}

/** Reads a program. @returns what runs it, undefined for what is no program; running may throw */
export type Interpreter = (program: string) => ((input: unknown) => unknown) | undefined;

/** Unit tests: whether the answer is a program that is right on every example. Runs here, so the interpreter must be safe and end. */
export function unitTests<D>(interpret: Interpreter, examples: (data: D) => readonly Example[], weight = 1): Reward<D> {
  return correct((answer, data) => {
    const run = interpret(answer);
    return run !== undefined && examples(data).every((example) => passes(run, example));
  }, weight);
}

function passes(run: (input: unknown) => unknown, { input, output }: Example): boolean {
  try {
    return JSON.stringify(run(input)) === JSON.stringify(output);
  } catch {
    return false;
  }
}
