/** Application interface of BFCL's multi-turn suite: a state, and functions that read and change it. */

import type { LongContext } from "./long-context.js";

/** State and arguments are what the function says they are. */
export type ApiFunction<S> = (state: S, args: never) => unknown;

export interface Api<S = unknown> {
  /** As the data names it. */
  readonly name: string;
  /** The file of the data that documents its functions. */
  readonly document: string;
  /** A new state. @param scenario a copy, which it may keep. @param long what fills it, and what is returned of it */
  load(scenario: Readonly<Record<string, unknown>>, long?: LongContext): S;
  /** What is compared: plain data. Default: the state without what begins with _. */
  shown?(state: S): unknown;
  readonly functions: Readonly<Record<string, ApiFunction<S>>>;
}

/** What a call returns in place of an exception. */
export const failed = (error: string): { error: string } => ({ error });

/** The scenario where it says something, else the default. */
export function loaded<S extends object>(defaults: S, scenario: Readonly<Record<string, unknown>>): S {
  const known = Object.entries(scenario).filter(([key]) => Object.hasOwn(defaults, key));
  return { ...structuredClone(defaults), ...Object.fromEntries(known) };
}

/** As Python does it: halves to even, for whole numbers. */
export function rounded(value: number, places: number): number {
  if (places === 0 && Math.abs(value % 1) === 0.5) return 2 * Math.round(value / 2);
  return places < 0 ? Math.round(value * 10 ** places) / 10 ** places : Number(value.toFixed(Math.min(places, 100)));
}
