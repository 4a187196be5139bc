import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "@cachalot/tensor";
import { expect, test } from "vitest";
import { cachalot, start } from "./support/cachalot.js";
import { sortingRecipe, writeSortingData } from "./support/sorting-data.js";

const KILLS = 20;

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

test("a GRPO run killed with SIGKILL at random moments ends with the losses of one left alone", async () => {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-rl-kill-"));
  try {
    await writeSortingData(join(dir, "data"), 600);
    const recipe = join(dir, "recipe.json");
    await writeFile(recipe, JSON.stringify(sortingRecipe(join(dir, "data"), 40)));
    const train = (run: string) => ["train", recipe, "--run", join(dir, run)];
    expect((await cachalot(train("whole"))).status).toBe(0);
    const random = new Random(11);
    let kills = 0;
    for (let done = false; !done; ) {
      const child = start(train("killed"));
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
      // Enough kills, then to the end.
      const patience = kills < KILLS ? 1000 + random.next() * 3000 : 300_000;
      const outcome = await Promise.race([
        ended,
        sleep(patience, undefined, { ref: false }).then(() => "running" as const),
      ]);
      done = outcome === 0;
      if (outcome === "running") {
        child.kill("SIGKILL");
        await ended;
        kills++;
      } else expect(outcome).toBe(0);
    }
    expect(kills).toBeGreaterThanOrEqual(5);
    expect(await metricsOf(join(dir, "killed"))).toEqual(await metricsOf(join(dir, "whole")));
    expect(await readFile(join(dir, "killed", "models", "rl", "model.safetensors"))).toEqual(
      await readFile(join(dir, "whole", "models", "rl", "model.safetensors")),
    );
  } finally {
    await rm(dir, { recursive: true });
  }
});
