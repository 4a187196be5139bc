/** The exports there are: one file and one line each. */

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeDirectoryAtomic } from "@cachalot/files";
import { SynthesisError } from "../errors.js";
import type { TaskFolder } from "../task.js";
import { canaryOf } from "./canary.js";
import { openenv } from "./openenv.js";
import { sweBench } from "./swe-bench.js";
import type { TaskExport } from "./task-export.js";
import { trl } from "./trl.js";
import { verifiers } from "./verifiers.js";
import { verl } from "./verl.js";

export const TASK_EXPORTS: readonly TaskExport[] = [verifiers, openenv, trl, verl, sweBench];

/**
 * Writes tasks for another trainer to a directory, in place of what is there, with the canary of the set.
 * @returns the paths of its files
 * @throws SynthesisError `invalid_options` for an export there is not
 */
export async function exportTasks(
  tasks: readonly TaskFolder[],
  to: string,
  name: string,
  out: string,
): Promise<string[]> {
  const wanted = TASK_EXPORTS.find((one) => one.name === to);
  if (!wanted)
    throw new SynthesisError(
      "invalid_options",
      `there is no export ${to}; there are ${TASK_EXPORTS.map(({ name }) => name).join(", ")}`,
    );
  const files = new Map(wanted.files(tasks, name)).set("CANARY.txt", `${canaryOf(tasks, name)}\n`);
  await writeDirectoryAtomic(out, async (temporary) => {
    for (const [path, data] of files) {
      await mkdir(dirname(join(temporary, path)), { recursive: true });
      await writeFile(join(temporary, path), data);
    }
  });
  return [...files.keys()].map((path) => join(out, path));
}
