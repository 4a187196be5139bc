import { writeParquet } from "@cachalot/files";
import { requireAligned } from "../alignment.js";
import type { RolloutsOfStep } from "../rollouts-of-step.js";
import { COLUMNS, type Row } from "./row.js";

/** The layout of the file, in its metadata. */
export const FORMAT = "cachalot-rollouts-1";

/**
 * Writes a step's rollouts as Parquet, one row a token sequence, atomically: before the update they are for, so that a run that was
 * killed goes on with the very same ones.
 *
 * @throws RolloutsError `misaligned`
 */
export async function writeRollouts(path: string, about: RolloutsOfStep): Promise<void> {
  const rows = about.rollouts.flatMap((rollout): Row[] => {
    if (rollout.sequences.length === 0) return [{ about, rollout, sequence: undefined, index: -1 }];
    return rollout.sequences.map((sequence, index) => {
      requireAligned(sequence, `rollout ${rollout.id}, sequence ${index}`);
      return { about, rollout, sequence, index };
    });
  });
  const { run, step, model, weightsHash } = about;
  await writeParquet(path, COLUMNS, rows, { format: FORMAT, about: JSON.stringify({ run, step, model, weightsHash }) });
}
