/** What is practised, as a recipe says it: tasksets, modes, levels and shares, and the curriculum that moves levels. */

import type { ThinkingMode } from "@cachalot/chat";
import * as z from "zod";
import { withRewards } from "../define-taskset.js";
import { EnvironmentError } from "../errors.js";
import { languageConsistency } from "../rewards/language-consistency.js";
import { lengthPenalty } from "../rewards/length-penalty.js";
import { sandboxRecheck } from "../rewards/sandbox-recheck.js";
import type { Taskset } from "../taskset.js";
import { tasksetNamed } from "../tasksets/index.js";

const level = z.number().int().min(0);

const tasksSchema = z.strictObject({
  /** By the names of tasksets. */
  tasksets: z.record(
    z.string(),
    z.strictObject({
      /** Default: all of the taskset's. */
      modes: z
        .array(z.enum(["thinking", "chat"]))
        .min(1)
        .optional(),
      /** Levels that tasks are drawn from; with a curriculum, where it may go. Default: the first one. */
      levels: z.array(level).min(1).default([0]),
      /** Share of the tasks. */
      weight: z.number().positive().default(1),
    }),
  ),
  /** What every rubric has beside its own parts (report, section 3: outcome, length, language). */
  rewards: z
    .strictObject({
      /** What a right answer of the whole budget loses. Default: no penalty. */
      length: z.number().min(0).lt(1).optional(),
      /** Weight of staying in the prompt's language. Default: not judged. */
      language: z.number().min(0).max(1).optional(),
    })
    .prefault({}),
  /** Share of the runs judged by a Python interpreter in this process that the sandbox's Python judges again: counted, never earned. */
  recheck: z.number().min(0).max(1).default(0.01),
  /**
   * "learnability": levels are drawn in proportion to p (1 - p), where p of their rollouts are solved. A band: a taskset's level rises and
   * falls so that pass@1 stays between the two. Default: levels are drawn evenly.
   */
  curriculum: z
    .union([
      z.literal("learnability"),
      z.strictObject({ low: z.number().min(0).max(1), high: z.number().min(0).max(1) }),
    ])
    .optional(),
});

/** One taskset in one mode. */
export interface Practice {
  taskset: Taskset;
  mode: ThinkingMode;
  /** Ascending. */
  levels: readonly number[];
  weight: number;
}

export interface Practices {
  all: readonly Practice[];
  /** Whether some runs are judged again in the sandbox. */
  rechecks: boolean;
  curriculum: "learnability" | { low: number; high: number } | undefined;
}

/**
 * Reads the `tasks` of a recipe.
 * @throws EnvironmentError `invalid_task` naming the field, `unknown_taskset`
 */
export function readPractices(tasks: unknown): Practices {
  const parsed = tasksSchema.safeParse(tasks);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new EnvironmentError(
      "invalid_task",
      `${issue!.path.join(".") || "tasks"}: ${issue!.message}; see docs/rl.md for the fields of tasks`,
    );
  }
  const { tasksets, rewards, recheck, curriculum } = parsed.data;
  const added = [
    ...(rewards.language === undefined ? [] : [languageConsistency(rewards.language)]),
    ...(rewards.length === undefined ? [] : [lengthPenalty(rewards.length)]),
  ];
  const all = Object.entries(tasksets).flatMap(([name, { modes, levels, weight }]) => {
    const named = tasksetNamed(name);
    const again = named.program && recheck > 0 ? [sandboxRecheck(named.program, recheck)] : [];
    const taskset = withRewards(named, [...added, ...again]);
    requireOffered(taskset, modes ?? [], levels);
    const chosen = modes ?? taskset.modes;
    const sorted = [...new Set(levels)].sort((a, b) => a - b);
    return chosen.map((mode) => ({ taskset, mode, levels: sorted, weight: weight / chosen.length }));
  });
  if (all.length === 0) throw new EnvironmentError("invalid_task", "tasksets: name at least one taskset");
  const rechecks = recheck > 0 && all.some(({ taskset }) => taskset.program);
  return { all, rechecks, curriculum };
}

function requireOffered(taskset: Taskset, modes: readonly ThinkingMode[], levels: readonly number[]): void {
  const { name } = taskset;
  const level = levels.find((wanted) => wanted >= taskset.levels);
  if (level !== undefined)
    throw new EnvironmentError(
      "invalid_task",
      `tasksets.${name}.levels: ${name} has levels 0 to ${taskset.levels - 1}, not ${level}; ask for one of them`,
    );
  const mode = modes.find((wanted) => !taskset.modes.includes(wanted));
  if (mode !== undefined)
    throw new EnvironmentError(
      "invalid_task",
      `tasksets.${name}.modes: ${name} has no ${mode} mode; ask for ${taskset.modes.join(" or ")}`,
    );
}

export const practiceName = ({ taskset, mode }: Practice): string => `${taskset.name}/${mode}`;
