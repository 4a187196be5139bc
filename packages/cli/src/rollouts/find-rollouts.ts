/** The rollouts of a run directory: which there are, and those a filter wants. */

import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { Rollout, RolloutOutcome } from "@cachalot/chat";
import type { RolloutsOfStep } from "@cachalot/rollouts";
import { CliError } from "../errors.js";

/** A file of rollouts, read. */
export interface FoundRollouts extends RolloutsOfStep {
  /** STAGE/NAME, without its ending. */
  from: string;
}

export interface RolloutFilter {
  taskset?: string;
  outcome?: RolloutOutcome;
  minReward?: number;
  maxReward?: number;
}

/**
 * Reads every file of rollouts under a run directory, or the one that is given; in the order of their names.
 * @param from only files whose STAGE/NAME has this in it
 * @throws CliError `invalid_input` where there are none; RolloutsError `invalid_file`
 */
export async function findRollouts(run: string, from = ""): Promise<FoundRollouts[]> {
  const { readRollouts } = await import("@cachalot/rollouts");
  const isFile = await stat(run).then(
    (found) => found.isFile(),
    () => false,
  );
  const dir = isFile ? dirname(run) : join(run, "rollouts");
  const names = isFile ? [basename(run)] : await readdir(dir, { recursive: true }).catch(() => []);
  const files = names.filter((name) => name.endsWith(".parquet") && name.includes(from)).sort();
  if (files.length === 0) {
    const what = from === "" ? "rollouts" : `rollouts named ${from}`;
    throw new CliError(
      "invalid_input",
      `There are no ${what} in ${run}; give the directory of a run with a stage of rollouts`,
    );
  }
  return Promise.all(
    files.map(async (file) => ({
      ...(await readRollouts(join(dir, file))),
      from: relative(dir, join(dir, file)).slice(0, -".parquet".length),
    })),
  );
}

/** A bound on the reward leaves out what was not judged. */
export function isWanted({ task, outcome, reward }: Rollout, wanted: RolloutFilter): boolean {
  const { minReward = Number.NEGATIVE_INFINITY, maxReward = Number.POSITIVE_INFINITY } = wanted;
  const isBounded = wanted.minReward !== undefined || wanted.maxReward !== undefined;
  return (
    (wanted.taskset === undefined || task.taskset === wanted.taskset) &&
    (wanted.outcome === undefined || outcome === wanted.outcome) &&
    (reward === null ? !isBounded : reward >= minReward && reward <= maxReward)
  );
}
