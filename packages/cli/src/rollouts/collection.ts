/** A folder of collected rollouts: what was asked for, and a file for each task that is done, so that a killed collection goes on. */

import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Rollout } from "@cachalot/chat";
import { isTemporary, lockForProcess, type ProcessLock, writeAtomic } from "@cachalot/files";
import { readRollouts, writeRollouts } from "@cachalot/rollouts";
import { CliError } from "../errors.js";

/** What makes it this collection: another one does not go on with its files. */
export interface CollectionPlan {
  model: string;
  tasksets: readonly string[];
  levels: readonly number[];
  modes: readonly string[];
  split: string;
  count: number;
  groupSize: number;
  seed: number;
}

const nameOf = (number: number): string => `${String(number).padStart(5, "0")}.parquet`;

export class Collection {
  private constructor(
    private readonly dir: string,
    private readonly model: string,
    private readonly lock: ProcessLock,
  ) {}

  /**
   * Makes a collection, or goes on with one. Its files are where a run's are: `cachalot rollouts` and a stage of distillation read them.
   * @throws CliError `invalid_input` for the folder of another collection, or one that another process works on
   */
  static async open(folder: string, plan: CollectionPlan): Promise<Collection> {
    const dir = join(folder, "rollouts", "collected");
    await mkdir(dir, { recursive: true });
    const lock = await lockForProcess(join(folder, "lock"));
    if ("heldBy" in lock)
      throw new CliError(
        "invalid_input",
        `process ${lock.heldBy} collects into ${folder}; wait for it, or give another --out`,
      );
    try {
      await usePlan(join(folder, "collect.json"), plan, folder);
      for (const name of await readdir(dir)) if (isTemporary(name)) await rm(join(dir, name), { force: true });
      return new Collection(dir, plan.model, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  has(number: number): boolean {
    return existsSync(join(this.dir, nameOf(number)));
  }

  async add(number: number, rollouts: readonly Rollout[]): Promise<void> {
    await writeRollouts(join(this.dir, nameOf(number)), {
      run: "collected",
      step: number,
      rollouts,
      model: this.model,
    });
  }

  async read(number: number): Promise<readonly Rollout[]> {
    return (await readRollouts(join(this.dir, nameOf(number)))).rollouts;
  }

  close(): Promise<void> {
    return this.lock.release();
  }
}

async function usePlan(file: string, plan: CollectionPlan, folder: string): Promise<void> {
  if (!existsSync(file)) return writeAtomic(file, `${JSON.stringify(plan, null, 2)}\n`);
  const made = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
  const changed = Object.entries(plan).find(([field, value]) => JSON.stringify(made[field]) !== JSON.stringify(value));
  if (!changed) return;
  const [field] = changed;
  throw new CliError(
    "invalid_input",
    `${folder} holds a collection with another ${field} (${JSON.stringify(made[field])}); ask for the same to go on with it, or give another --out`,
  );
}
