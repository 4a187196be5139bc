import type { NumberRange } from "./corpus-kind.js";

/** A range in words: "between 5 and 10", "at most 3". */
export function between({ from, to }: NumberRange, shown: (value: number) => string = String): string {
  if (from === undefined) return `at most ${shown(to!)}`;
  if (to === undefined) return `at least ${shown(from)}`;
  return from === to ? `exactly ${shown(from)}` : `between ${shown(from)} and ${shown(to)}`;
}
