/** Weights by directory: each version a checkpoint that appears when it is whole; rollout workers load the newest. */

import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isTemporary, writeDirectoryAtomic } from "@cachalot/files";

/** Versions that stay, so that one can be loaded while the next ones come. */
const KEPT = 3;

/** Where a stage's weights are in a run directory. */
const weightsDir = (runDir: string, stage: string): string => join(runDir, "weights", stage);

/** Where the weights of all its stages are. */
export const removeWeights = (runDir: string): Promise<void> =>
  rm(join(runDir, "weights"), { recursive: true, force: true });

/** The newest weights of a stage, as a directory to load; undefined before there are any. */
export async function newestWeights(
  runDir: string,
  stage: string,
): Promise<{ version: number; dir: string } | undefined> {
  const dir = weightsDir(runDir, stage);
  const version = (await versionsIn(dir)).at(-1);
  return version === undefined ? undefined : { version, dir: join(dir, nameOf(version)) };
}

/**
 * Publishes weights under their version. One that is there stays: a run that goes on from a checkpoint comes to the same weights.
 * @param save writes a checkpoint that can be loaded
 */
export async function publishWeights(
  { runDir, stage }: { runDir: string; stage: string },
  version: number,
  save: (dir: string) => Promise<void>,
): Promise<void> {
  const dir = weightsDir(runDir, stage);
  await mkdir(dir, { recursive: true });
  const known = await versionsIn(dir);
  if ((known.at(-1) ?? -1) >= version) return;
  await writeDirectoryAtomic(join(dir, nameOf(version)), save);
  for (const old of known.slice(0, 1 - KEPT)) await rm(join(dir, nameOf(old)), { recursive: true, force: true });
  for (const name of await readdir(dir)) if (isTemporary(name)) await rm(join(dir, name), { recursive: true });
}

const nameOf = (version: number): string => String(version).padStart(6, "0");

async function versionsIn(dir: string): Promise<number[]> {
  const names = existsSync(dir) ? await readdir(dir) : [];
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}
