import type { ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "@cachalot/tensor";
import { expect, test } from "vitest";
import { tinyRecipe, writeTinyData } from "../packages/training/src/testing/tiny-run.js";
import { cachalot } from "./support/cachalot.js";
import { killUntilDone } from "./support/kill-until-done.js";

const KILLS = 15;

const linesOf = async (run: string): Promise<number> =>
  (await readFile(join(run, "metrics.jsonl"), "utf8").catch(() => "")).split("\n").length;

/** Every third time at any moment, else a little behind the next few steps, however long this machine takes to start. */
async function momentOf(kills: number, run: string, random: Random, child: ChildProcess): Promise<void> {
  if (kills % 3 === 0) return sleep(random.next() * 2000);
  const wanted = (await linesOf(run)) + 1 + Math.floor(random.next() * 12);
  while (child.exitCode === null && (await linesOf(run)) < wanted) await sleep(10);
  await sleep(random.next() * 100);
}

/** Metrics without what depends on the machine. */
async function metricsOf(run: string): Promise<string[]> {
  const lines = (await readFile(join(run, "metrics.jsonl"), "utf8")).trim().split("\n");
  return lines.map((line) => JSON.stringify({ ...(JSON.parse(line) as object), tokensPerSecond: 0 }));
}

test("a training killed with SIGKILL at random moments ends with the losses of one left alone", async () => {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-kill-"));
  try {
    await writeTinyData(join(dir, "data"));
    const recipe = join(dir, "recipe.json");
    await writeFile(recipe, JSON.stringify(tinyRecipe(join(dir, "data"), 100)));
    const train = (run: string) => ["train", recipe, "--run", join(dir, run)];
    expect((await cachalot(train("whole"))).status).toBe(0);
    const random = new Random(5);
    const kills = await killUntilDone(train("killed"), KILLS, (count, child) =>
      momentOf(count, join(dir, "killed"), random, child),
    );
    expect(kills).toBeGreaterThan(3);
    expect(await metricsOf(join(dir, "killed"))).toEqual(await metricsOf(join(dir, "whole")));
    for (const stage of ["sparse", "dense-control"])
      expect(await readFile(join(dir, "killed", "models", stage, "model.safetensors"))).toEqual(
        await readFile(join(dir, "whole", "models", stage, "model.safetensors")),
      );
  } finally {
    await rm(dir, { recursive: true });
  }
});
