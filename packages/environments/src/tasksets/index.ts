/** The tasksets there are: one file and one line each. */

import { EnvironmentError } from "../errors.js";
import type { Taskset } from "../taskset.js";
import { sorting } from "./sorting.js";

export const TASKSETS: readonly Taskset[] = [sorting];

/** @throws EnvironmentError `unknown_taskset` */
export function tasksetNamed(name: string): Taskset {
  const taskset = TASKSETS.find((taskset) => taskset.name === name);
  if (taskset) return taskset;
  const names = TASKSETS.map(({ name }) => name).join(", ");
  throw new EnvironmentError("unknown_taskset", `there is no taskset ${name}; there are ${names}`);
}
