/** BFCL's rules for turns: after each one the states are those of the gold calls, and what these return was returned so far. */

import { type Difference, differences } from "../state/differences.js";
import type { Entry } from "./entry.js";
import { type Call, Session } from "./session.js";

export interface TurnFault {
  /** From 1. */
  turn: number;
  kind: "no calls" | "state" | "responses";
  differences?: Difference[];
  /** Gold calls whose results no call returned. */
  missing?: string[];
}

export const sessionOf = ({ apis, documents, scenarios, long }: Entry): Session =>
  new Session(apis, documents, scenarios, long);

/** @param made the calls of each turn. @returns the first fault */
export function faultOfTurns(entry: Entry, made: readonly (readonly Call[])[]): TurnFault | undefined {
  const [own, gold] = [sessionOf(entry), sessionOf(entry)];
  const returned: string[] = [];
  for (const [i, turn] of entry.turns.entries()) {
    const before = own.shown();
    const calls = made[i] ?? [];
    for (const call of calls) returned.push(own.call(call));
    const wanted = turn.gold.map((call) => ({ call, result: gold.call(call) }));
    // Where nothing is to be done, calls are made for the state that the next turn finds, and nothing is checked.
    if (wanted.length === 0) continue;
    if (calls.length === 0) return { turn: i + 1, kind: "no calls" };
    const found = differences(before, gold.shown(), own.shown());
    if (found.length > 0) return { turn: i + 1, kind: "state", differences: found };
    const left = [...returned];
    const missing = wanted.filter(({ result }) => {
      const at = left.indexOf(result);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
    if (missing.length > 0)
      return { turn: i + 1, kind: "responses", missing: missing.map(({ call }) => shownCall(call)) };
  }
  return undefined;
}

export const shownCall = ({ name, arguments: args }: Call): string =>
  `${name}(${Object.entries(args)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(", ")})`;
