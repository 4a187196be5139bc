/** Synthesis under kill -9: of the process that does it all, and of workers that share a PostgreSQL. */

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cachalot } from "./support/cachalot.js";
import { killUntilDone } from "./support/kill-until-done.js";
import { killedQueue } from "./support/killed-queue.js";
import { postgresMissing } from "./support/postgres.js";

const KILLS = 30;
const TASKS = 6;
const missing = await sandboxUnavailableReason();

const argsFor = (out: string) => {
  const generators = 'generators=["coprime-pairs","divisor-sum","lattice-paths","power-sum"]';
  return ["tasks", "synthesise", "interpreter", "--count", `${TASKS}`, "--set", generators, "--out", out];
};

interface Made {
  funnel: unknown;
  /** Every file of every task; how long its program took is another each time. */
  files: Record<string, string>;
}

/** What a run left: its counts without its times, and its tasks. */
async function made(out: string): Promise<Made> {
  const { tasks, seeds, kept, stages, drops } = JSON.parse(await readFile(join(out, "funnel.json"), "utf8"));
  const counts = stages.map(({ seconds: _, ...count }: { seconds: number }) => count);
  const files: Record<string, string> = {};
  for (const entry of await readdir(out, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(out.length + 1);
    if (entry.isFile() && path.includes("/") && !path.startsWith("."))
      files[path] = (await readFile(join(out, path), "latin1")).replace(/^program_ms = \d+$/m, "");
  }
  return { funnel: { tasks, seeds, kept, drops, counts }, files };
}

describe.skipIf(missing !== undefined)("a run that is killed", () => {
  let dir: string;
  let undisturbed: Made;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "cachalot-synthesis-kill-"));
    const out = join(dir, "undisturbed");
    expect((await cachalot(argsFor(out))).status).toBe(0);
    undisturbed = await made(out);
    expect(undisturbed.funnel).toMatchObject({ seeds: TASKS, kept: TASKS });
  }, 600_000);
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test("up to thirty times makes the same tasks, byte for byte, and counts each item once", async () => {
    const out = join(dir, "killed");
    const kills = await killUntilDone(argsFor(out), KILLS, (kills) => sleep(900 + 90 * ((kills * 7) % 19)));
    // On a fast machine it may be done before.
    expect(kills).toBeGreaterThan(KILLS / 2);
    expect(await made(out)).toEqual(undisturbed);
    expect((await cachalot(argsFor(out))).status).toBe(0);
    expect(await made(out)).toEqual(undisturbed);
  }, 1_800_000);

  test.skipIf(postgresMissing)(
    "with one of two workers, and the process that waits for them, makes the same tasks",
    async () => {
      const out = join(dir, "queued");
      const worker = ["worker", "--tasks", "--concurrency", "1", "--dir", join(dir, "worker")];
      const doneBy = await killedQueue({ args: argsFor(out), worker, items: TASKS, before: 1 });
      expect(new Set(doneBy).size).toBeGreaterThan(1);
      expect(doneBy).toHaveLength(TASKS);
      expect(await made(out)).toEqual(undisturbed);
    },
    1_200_000,
  );
});
