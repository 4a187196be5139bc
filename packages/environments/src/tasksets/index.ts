/** The tasksets there are: one file and one line each. */

import { EnvironmentError } from "../errors.js";
import type { Taskset } from "../taskset.js";
import { arithmetic } from "./arithmetic.js";
import { bugFix } from "./bug-fix.js";
import { circuits } from "./circuits.js";
import { countdown } from "./countdown.js";
import { database } from "./database.js";
import { factSearch } from "./fact-search.js";
import { instructions } from "./instructions.js";
import { knightsKnaves } from "./knights-knaves.js";
import { listFunctions } from "./list-functions.js";
import { noTools } from "./no-tools.js";
import { pythonExpression } from "./python-expression.js";
import { sorting } from "./sorting.js";
import { sudoku } from "./sudoku.js";

export const TASKSETS: readonly Taskset[] = [
  arithmetic,
  countdown,
  listFunctions,
  pythonExpression,
  sorting,
  circuits,
  knightsKnaves,
  sudoku,
  database,
  bugFix,
  factSearch,
  instructions,
  noTools,
];

/** @throws EnvironmentError `unknown_taskset` */
export function tasksetNamed(name: string): Taskset {
  const taskset = TASKSETS.find((taskset) => taskset.name === name);
  if (taskset) return taskset;
  const names = TASKSETS.map(({ name }) => name).join(", ");
  throw new EnvironmentError("unknown_taskset", `there is no taskset ${name}; there are ${names}`);
}
