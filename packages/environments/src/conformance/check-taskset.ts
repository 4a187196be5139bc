/** Conformance suite: what every taskset owes to those who train on it. */

import type { Taskset } from "../taskset.js";
import { nothingEarnsNothing } from "./nothing-earns-nothing.js";
import { runsEnd } from "./runs-end.js";
import { demonstrationsSolve, levelsGrow, sameRequestSameTask, splitsNeverOverlap, tasksAreData } from "./tasks.js";

export interface ConformanceRule {
  /** What holds, as a sentence. */
  name: string;
  /** @returns what is wrong, in words */
  check(taskset: Taskset): Promise<string[]>;
}

export const CONFORMANCE: readonly ConformanceRule[] = [
  { name: "the same request gives the same task", check: sameRequestSameTask },
  { name: "tasks are plain data", check: tasksAreData },
  { name: "splits never overlap", check: splitsNeverOverlap },
  { name: "levels grow", check: levelsGrow },
  { name: "demonstrations of every style solve their tasks with the tools alone", check: demonstrationsSolve },
  { name: "no answer, a spoilt one and doing nothing earn nothing", check: nothingEarnsNothing },
  { name: "runs end, whatever the policy says", check: runsEnd },
];

/** Runs every rule. @returns `rule: what is wrong`; empty for a taskset that conforms */
export async function checkTaskset(taskset: Taskset): Promise<string[]> {
  const found: string[] = [];
  for (const { name, check } of CONFORMANCE) {
    const problems = await check(taskset).catch((error: Error) => [`threw ${error.message}`]);
    found.push(...problems.map((problem) => `${name}: ${problem}`));
  }
  return found;
}
