/** Environments of SWE-bench instances: the mined task folder of an instance, found by the name that mining or the user gave it. */

import { findTasks, idOf, SynthesisError, type TaskFolder } from "@cachalot/synthesis";
import { EvalsError } from "../errors.js";

/** @returns finds an instance's folder. @throws EvalsError `missing_data` where there are none */
export async function foldersOf(environments: string | undefined): Promise<(instance: string) => Promise<TaskFolder>> {
  if (environments === undefined)
    throw new EvalsError(
      "missing_data",
      "SWE-bench instances are worked on in task folders; make them with cachalot tasks mine --swe-bench FILE --git CLONE --out DIR, and pass --environments DIR",
    );
  const found = await findTasks(environments).catch((error: unknown) => {
    if (error instanceof SynthesisError) throw new EvalsError("missing_data", error.message, { cause: error });
    throw error;
  });
  const byName = new Map(found.map((task) => [task.name, task]));
  return async (instance) => {
    const task = byName.get(instance) ?? byName.get(idOf("swe", instance));
    if (task) return task.read();
    throw new SynthesisError(
      "invalid_task",
      `${environments} has no folder ${idOf("swe", instance)} or ${instance}; mine it with cachalot tasks mine --swe-bench`,
    );
  };
}
