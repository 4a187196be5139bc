/** The folder of a run in which its trainer and its rollout workers meet: the run's name in the queue, and finished groups. */

import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Rollout } from "@cachalot/chat";
import { isTemporary, writeAtomic } from "@cachalot/files";
import { readRollouts, writeRollouts } from "@cachalot/rollouts";

const folderOf = (runDir: string): string => join(runDir, "queue");
const idFile = (runDir: string): string => join(folderOf(runDir), "id.json");

/** The name of a run in the database, once it is made; another run in the same folder has another. */
export async function queueIdOf(runDir: string): Promise<string | undefined> {
  const text = await readFile(idFile(runDir), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { id: string }).id;
}

export async function makeQueueId(runDir: string): Promise<string> {
  const known = await queueIdOf(runDir);
  if (known !== undefined) return known;
  const id = randomBytes(6).toString("hex");
  await mkdir(folderOf(runDir), { recursive: true });
  await writeAtomic(idFile(runDir), JSON.stringify({ id }));
  return id;
}

/** Where the workers of a run take its groups from. */
export const queueName = (id: string): string => `rollouts-${id}`;

/** Nothing is left to do: workers see that the run is over. */
export const removeQueue = (runDir: string): Promise<void> => rm(folderOf(runDir), { recursive: true, force: true });

/** Finished groups of a stage: GROUP-XXXX.parquet, a new name each time a group is made, so that none replaces another. */
export class FinishedGroups {
  readonly #dir: string;

  constructor(runDir: string, stage: string) {
    this.#dir = join(folderOf(runDir), stage);
  }

  async open(): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
  }

  /** @returns the file's name; what `read` takes. The folder must be there: a run that is over has none. */
  async write(group: string, rollouts: readonly Rollout[]): Promise<string> {
    const name = `${group}-${randomBytes(4).toString("hex")}.parquet`;
    await writeRollouts(join(this.#dir, name), { run: group, step: 0, rollouts });
    return name;
  }

  async read(name: string): Promise<Rollout[]> {
    return [...(await readRollouts(join(this.#dir, name))).rollouts];
  }

  /** Removes the files of groups that were taken or dropped. */
  async keepOnly(isWanted: (group: string) => boolean): Promise<void> {
    for (const name of await readdir(this.#dir)) {
      if (isTemporary(name) || isWanted(name.slice(0, name.lastIndexOf("-")))) continue;
      await rm(join(this.#dir, name), { force: true });
    }
  }
}
