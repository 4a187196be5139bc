import { join } from "node:path";
import { openCheckpoint, saveModel, writeSafetensors } from "@cachalot/model";
import { TrainingError } from "../errors.js";
import type { AdamW } from "../optimizer/adamw.js";
import type { TrainableNetwork } from "../trainer/network.js";

const OPTIMIZER = "optimizer.safetensors";

/** Writes weights in f32 and the optimiser's moments: all that a resumed run needs to make the same next step. */
export async function saveTrainerState(dir: string, network: TrainableNetwork, optimizer: AdamW): Promise<void> {
  await saveModel(join(dir, "model"), network.config, network.parameters, { dtype: "f32" });
  const tensors = [...optimizer.moments].flatMap(([name, { m, v }]) => [
    { name: `m.${name}`, dtype: "f32" as const, shape: m.shape, data: m.data as Float32Array },
    { name: `v.${name}`, dtype: "f32" as const, shape: v.shape, data: v.data as Float32Array },
  ]);
  await writeSafetensors(join(dir, OPTIMIZER), tensors);
}

/** What is wrong with the files of a saved state, from their headers and lengths; undefined where they are whole. */
export async function damageOfTrainerState(dir: string): Promise<string | undefined> {
  for (const path of [join(dir, "model"), join(dir, OPTIMIZER)])
    try {
      await (await openCheckpoint(path)).close();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  return undefined;
}

/** Reads the optimiser's moments back into `optimizer`. */
export async function loadOptimizerState(dir: string, optimizer: AdamW): Promise<void> {
  const file = await openCheckpoint(join(dir, OPTIMIZER));
  try {
    const names = new Set(file.names());
    for (const [name, { m, v }] of optimizer.moments)
      for (const [key, tensor] of [
        [`m.${name}`, m],
        [`v.${name}`, v],
      ] as const) {
        if (!names.has(key))
          throw new TrainingError(
            "invalid_run",
            `${dir} has no ${key}; delete that checkpoint to use the one before it`,
          );
        tensor.data.set(await file.readF32(key));
      }
  } finally {
    await file.close();
  }
}
