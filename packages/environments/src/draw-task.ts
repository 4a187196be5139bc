/** Task generation: a problem from seeded choices, on the side of the split where its key belongs. */

import { Draw, hashText } from "@cachalot/tensor";
import { EnvironmentError } from "./errors.js";
import type { Split, TaskRequest } from "./task.js";

/** Of all problems, the share no training ever sees. */
const HELD_OUT = 0.2;

/** Problems drawn before a level counts as one that has none on a side. */
const ATTEMPTS = 1000;

/** The side of the split a problem is on: a hash of its key, so that it is on one only, whatever the seed, level or wording. */
export function splitOf(taskset: string, key: string): Split {
  return hashText(`${taskset} ${key}`) / 2 ** 32 < HELD_OUT ? "heldout" : "train";
}

/**
 * Draws until a problem is on the side that is wanted. The mode plays no part: both modes get the same problems, so that
 * their results compare.
 * @throws EnvironmentError `invalid_task` where `draw` makes too few different problems for that
 */
export function drawProblem<P extends { key: string }>(
  taskset: string,
  { split, level, seed }: Omit<TaskRequest, "mode">,
  problem: (draw: Draw, level: number) => P,
): P {
  const draw = new Draw(hashText(`${taskset} ${split} ${level} ${seed}`));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const drawn = problem(draw, level);
    if (splitOf(taskset, drawn.key) === split) return drawn;
  }
  throw new EnvironmentError(
    "invalid_task",
    `${taskset} drew ${ATTEMPTS} problems of level ${level}, none of them ${split}; let the level have more different keys`,
  );
}
