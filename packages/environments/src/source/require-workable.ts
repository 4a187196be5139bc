/** Looks at everything a recipe practises before the first step: that tasks can be drawn, their worlds open and their judges judge. */

import { playDemonstration } from "../demonstration.js";
import { EnvironmentError } from "../errors.js";
import type { Task } from "../task.js";
import type { Practice } from "./practice.js";

/**
 * Draws a task of every level on both sides, and plays a demonstration of one.
 * @throws EnvironmentError `invalid_task` naming the field
 */
export async function requireWorkable(all: readonly Practice[]): Promise<void> {
  for (const practice of all)
    for (const level of practice.levels) {
      await drawn(practice, level, "train");
      const task = await drawn(practice, level, "heldout");
      const { reward, outcome, error } = await playDemonstration(practice.taskset, task, "terse");
      if (reward === null)
        refuse(
          practice,
          `a task of level ${level} ends as ${outcome} (${error}); mend its ${WHOSE[outcome] ?? "taskset"}`,
        );
    }
}

const WHOSE: Partial<Record<string, string>> = { "tool-error": "environment", "grader-error": "reward" };

async function drawn(practice: Practice, level: number, split: "train" | "heldout"): Promise<Task> {
  const { taskset, mode } = practice;
  try {
    return await taskset.draw({ split, level, mode, seed: 0 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(
      practice,
      `no ${split} task of level ${level} can be drawn: ${reason}; leave the level out, or mend the taskset`,
    );
  }
}

function refuse({ taskset }: Practice, problem: string): never {
  throw new EnvironmentError("invalid_task", `tasksets.${taskset.name}: ${problem}`);
}
