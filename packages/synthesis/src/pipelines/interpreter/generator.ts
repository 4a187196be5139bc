/** Problem generator: draws a problem whose answer needs execution, with two programs that find it in different ways. */

import type { Draw } from "@cachalot/tensor";

export interface CodeProblem {
  /** Ends with what the answer is, as one number or word. */
  prompt: string;
  /** Python. Each prints the answer and nothing else; they share no idea but the problem. */
  programs: readonly [first: string, second: string];
  /** `exact` texts, or numbers that may differ by a part in a million. */
  compare: "exact" | "close";
  /** What a reader who does not compute would say. */
  guesses: readonly (number | string)[];
  /** Files the programs read, by name. */
  tables?: readonly string[];
}

export interface Generator {
  /** Lower-case words with dashes. */
  readonly name: string;
  readonly family: "number theory" | "counting" | "simulation" | "graphs" | "data frames";
  /** Draws a problem of a level, 0 to 2: larger instances of the same kind. */
  problem(draw: Draw, level: number): CodeProblem;
}

/** Variables of a program, as Python has them. */
export const given = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`)
    .join("");
