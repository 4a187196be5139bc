import type { ChildProcess } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isTemporary } from "@cachalot/files";
import { Random } from "@cachalot/tensor";
import { expect, test } from "vitest";
import { cachalot } from "./support/cachalot.js";
import { killUntilDone } from "./support/kill-until-done.js";
import { sortingRecipe, writeSortingData } from "./support/sorting-data.js";

const KILLS = 20;
/** The kill with this number, from 0, falls inside a save. */
const INSIDE_A_SAVE = 7;

/** Metrics without what depends on the machine. */
async function metricsOf(run: string): Promise<unknown[]> {
  const lines = (await readFile(join(run, "metrics.jsonl"), "utf8")).trim().split("\n");
  return lines.map((line) => {
    const { tokensPerSecond, rl, ...record } = JSON.parse(line);
    if (!rl) return record;
    const { seconds, rolloutTokensPerSecond, ...measured } = rl;
    return { ...record, rl: measured };
  });
}

/** When the process is killed: at random, once inside a save. */
async function momentOf(kills: number, random: Random, checkpoints: string, child: ChildProcess): Promise<void> {
  if (kills !== INSIDE_A_SAVE) return sleep(700 + random.next() * 1800);
  while (child.exitCode === null) {
    const names = await readdir(checkpoints).catch(() => []);
    if (names.some(isTemporary)) return;
    await sleep(1);
  }
}

test("a GRPO run killed with SIGKILL at random moments ends with the losses of one left alone", async () => {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-rl-kill-"));
  try {
    await writeSortingData(join(dir, "data"), 600);
    const recipe = join(dir, "recipe.json");
    await writeFile(recipe, JSON.stringify(sortingRecipe(join(dir, "data"), 40)));
    const train = (run: string) => ["train", recipe, "--run", join(dir, run)];
    expect((await cachalot(train("whole"))).status).toBe(0);
    const random = new Random(11);
    const checkpoints = join(dir, "killed", "checkpoints");
    const kills = await killUntilDone(train("killed"), KILLS, (count, child) =>
      momentOf(count, random, checkpoints, child),
    );
    expect(kills).toBe(KILLS);
    expect(await metricsOf(join(dir, "killed"))).toEqual(await metricsOf(join(dir, "whole")));
    const [killed, whole] = await Promise.all(
      ["killed", "whole"].map((run) => readFile(join(dir, run, "models", "rl", "model.safetensors"))),
    );
    expect(killed!.equals(whole!)).toBe(true);
  } finally {
    await rm(dir, { recursive: true });
  }
});
