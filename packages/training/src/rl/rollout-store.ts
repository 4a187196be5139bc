/** Rollouts on disk, as Parquet: a step's are written before the update that learns from them, and read again when a run is resumed. */

import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Rollout } from "@cachalot/chat";
import { isTemporary, writeAtomic } from "@cachalot/files";
import { readRollouts, writeRollouts } from "@cachalot/rollouts";

/** The rollouts of one step, with where their source stood behind them. */
export interface StoredRollouts {
  step: number;
  rollouts: Rollout[];
  /** `RolloutSource.state` behind the step; JSON. */
  sourceState: unknown;
}

/** Where a stage's rollouts are in a run directory. */
export const rolloutsDir = (runDir: string, stage: string): string => join(runDir, "rollouts", stage);

/** The file of a training step's rollouts, without its ending; steps count from 0. */
export const rolloutsName = (step: number): string => String(step).padStart(5, "0");

/** A folder of rollouts: NAME.parquet, and NAME.json with their source's state. */
export class RolloutStore {
  constructor(
    readonly dir: string,
    private readonly run: string,
  ) {}

  /** The Parquet file appears last, and under its name only when whole. */
  async write(name: string, { step, rollouts, sourceState }: StoredRollouts): Promise<void> {
    await mkdir(this.dir, { recursive: true });
    await writeAtomic(this.#path(name, "json"), JSON.stringify({ sourceState: sourceState ?? null }));
    await writeRollouts(this.#path(name, "parquet"), { run: this.run, step, rollouts });
  }

  /** undefined where nothing is stored under the name. @throws RolloutsError `invalid_file` */
  async read(name: string): Promise<StoredRollouts | undefined> {
    const path = this.#path(name, "parquet");
    if (!existsSync(path)) return undefined;
    const { step, rollouts } = await readRollouts(path);
    // Rollouts that were collected elsewhere have no source behind them.
    const state = this.#path(name, "json");
    const { sourceState = null } = existsSync(state) ? JSON.parse(await readFile(state, "utf8")) : {};
    return { step, rollouts: [...rollouts], sourceState };
  }

  /** Names of all that is stored, sorted; none where the folder is missing. */
  async names(): Promise<string[]> {
    const files = existsSync(this.dir) ? await readdir(this.dir) : [];
    return files
      .filter((file) => file.endsWith(".parquet") && !isTemporary(file))
      .map((file) => file.slice(0, -".parquet".length))
      .sort();
  }

  #path(name: string, ending: "json" | "parquet"): string {
    return join(this.dir, `${name}.${ending}`);
  }
}
