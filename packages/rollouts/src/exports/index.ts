import { writeAtomic, writeParquet } from "@cachalot/files";
import { requireAligned } from "../alignment.js";
import { RolloutsError } from "../errors.js";
import type { RolloutsOfStep } from "../rollouts-of-step.js";
import { areal } from "./areal.js";
import { primeRl } from "./prime-rl.js";
import type { RolloutExport } from "./rollout-export.js";
import { slime } from "./slime.js";
import { tinker } from "./tinker.js";
import { trl } from "./trl.js";
import { verifiers } from "./verifiers.js";
import { verl } from "./verl.js";
import { verlPrompts } from "./verl-prompts.js";

/** Every export there is, by name. */
export const ROLLOUT_EXPORTS: readonly RolloutExport[] = [
  verl,
  verlPrompts,
  trl,
  slime,
  primeRl,
  verifiers,
  tinker,
  areal,
];

/** @throws RolloutsError `unknown_export` */
function exportNamed(name: string): RolloutExport {
  const found = ROLLOUT_EXPORTS.find((one) => one.name === name);
  if (found) return found;
  const names = ROLLOUT_EXPORTS.map((one) => one.name).join(", ");
  throw new RolloutsError("unknown_export", `There is no export ${name}; there are ${names}`);
}

/**
 * Writes steps' rollouts as another trainer reads them: JSON lines, or Parquet where its data sets are Parquet. Atomically.
 * @returns how many rows
 * @throws RolloutsError `unknown_export`, `misaligned`
 */
export async function exportRollouts(path: string, name: string, steps: readonly RolloutsOfStep[]): Promise<number> {
  const { rows: rowsOf, columns } = exportNamed(name);
  for (const { rollouts } of steps)
    for (const { id, sequences } of rollouts)
      for (const [i, sequence] of sequences.entries()) requireAligned(sequence, `rollout ${id}, sequence ${i}`);
  const rows = steps.flatMap(rowsOf);
  if (columns) await writeParquet(path, columns, rows);
  else await writeAtomic(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return rows.length;
}
