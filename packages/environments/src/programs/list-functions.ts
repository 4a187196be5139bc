/** List functions: an interpreter of pipelines such as `sort double tail`, each function from a list of whole numbers to another. */

export const LIST_FUNCTIONS = {
  reverse: (list) => list.toReversed(),
  sort: (list) => list.toSorted((a, b) => a - b),
  add1: (list) => list.map((value) => value + 1),
  double: (list) => list.map((value) => value * 2),
  tail: (list) => list.slice(1),
  evens: (list) => list.filter((value) => value % 2 === 0),
  odds: (list) => list.filter((value) => value % 2 !== 0),
  sum: (list) => [list.reduce((sum, value) => sum + value, 0)],
} satisfies Record<string, (list: readonly number[]) => number[]>;

export type ListFunction = keyof typeof LIST_FUNCTIONS;
export const LIST_FUNCTION_NAMES = Object.keys(LIST_FUNCTIONS) as ListFunction[];

/** Longer programs are none: they would only try things out. In functions. */
const LONGEST = 32;

/** Reads function names with spaces between them. @returns undefined for anything else */
export function parseListProgram(text: string): ListFunction[] | undefined {
  const names = text.trim().split(/\s+/);
  const known = names.every((name) => Object.hasOwn(LIST_FUNCTIONS, name));
  return known && names.length <= LONGEST ? (names as ListFunction[]) : undefined;
}

/** Runs the functions from left to right. */
export function runListProgram(program: readonly ListFunction[], input: readonly number[]): number[] {
  return program.reduce<number[]>((list, name) => LIST_FUNCTIONS[name](list), [...input]);
}
