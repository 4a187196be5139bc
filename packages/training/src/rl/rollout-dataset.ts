/** Selected rollouts as prepared data: a part for each taskset and mode, what the policies sampled learnt, the rest read. */

import { existsSync } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeDirectoryAtomic } from "@cachalot/files";
import { type Dataset, openDataset } from "../data/index.js";
import { isWide, TokenFileBuilder, writeTokenFile } from "../data/token-file.js";
import { TrainingError } from "../errors.js";
import { hasSelection, type SelectedTask, type Selecting, selectRollouts } from "./select-rollouts.js";

/** Share of the tasks kept from training: at least one. */
const HELD_OUT = 0.05;

/**
 * The dataset of a stage, written once: a resumed run learns from the same rollouts, whatever became of the runs they are from.
 * @param beside prepared data whose parts it has as well
 * @throws TrainingError `invalid_data` where too few rollouts are left
 */
export async function rolloutDataset(
  dir: string,
  selecting: Selecting,
  { vocabSize, tokenizerDir, beside }: { vocabSize: number; tokenizerDir: string; beside?: string | undefined },
): Promise<Dataset> {
  if (!existsSync(dir)) {
    const sets = withEnough(await selectRollouts(selecting), selecting);
    await writeDirectoryAtomic(dir, (temporary) => writeData(temporary, sets, vocabSize, tokenizerDir));
  }
  return openDataset(dir, ...(beside === undefined ? [] : [beside]));
}

/** Where the dataset of a stage is in its run. */
export const rolloutDataDir = (runDir: string, stage: string): string => join(runDir, "data", stage);

/** @throws TrainingError `invalid_data` where nothing at all would be selected */
export async function requireSelection(selecting: Selecting): Promise<void> {
  if (!(await hasSelection(selecting))) throw tooFew([], selecting);
}

/** Tasksets and modes with a task to learn and one to keep from training; one that was solved once by luck is left out. */
function withEnough(
  sets: ReadonlyMap<string, readonly SelectedTask[]>,
  selecting: Selecting,
): ReadonlyMap<string, readonly SelectedTask[]> {
  const enough = new Map([...sets].filter(([, tasks]) => tasks.length >= 2));
  if (enough.size === 0) throw tooFew([...sets.keys()], selecting);
  return enough;
}

function tooFew(solvedOnce: readonly string[], { runs, minReward }: Selecting): TrainingError {
  const what = solvedOnce.length > 0 ? `no more than one solved task of ${solvedOnce.join(", ")}` : "no rollout";
  return new TrainingError(
    "invalid_data",
    `${runs.join(", ")}: ${what} with a reward of at least ${minReward}; lower minReward, or name runs that solved more`,
  );
}

async function writeData(
  dir: string,
  sets: ReadonlyMap<string, readonly SelectedTask[]>,
  vocabSize: number,
  tokenizerDir: string,
): Promise<void> {
  const wide = isWide(vocabSize);
  for (const [part, tasks] of sets) {
    const heldOut = Math.max(1, Math.floor(HELD_OUT * tasks.length));
    await writeTokenFile(dir, `${part}.heldout`, tokensOf(tasks.slice(0, heldOut), wide));
    await writeTokenFile(dir, `${part}.train`, tokensOf(tasks.slice(heldOut), wide));
  }
  const parts = Object.fromEntries([...sets.keys()].map((part) => [part, { policy: "cut" }]));
  await writeFile(join(dir, "manifest.json"), JSON.stringify({ parts, tokenizer: { vocabSize, pad: 0 } }));
  await copyFile(join(tokenizerDir, "tokenizer.json"), join(dir, "tokenizer.json"));
}

function tokensOf(tasks: readonly SelectedTask[], wide: boolean) {
  const builder = new TokenFileBuilder(wide);
  for (const { sequences } of tasks) for (const { ids, sampled } of sequences) builder.add([...ids], sampled);
  return builder.build();
}
