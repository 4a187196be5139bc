// Synthesis killed with SIGKILL again and again: no item is lost, none is done twice.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isTemporary } from "@cachalot/files";
import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { Random } from "@cachalot/tensor";
import { expect, test } from "vitest";
import { cachalot } from "./support/cachalot.js";
import { killUntilDone } from "./support/kill-until-done.js";

const KILLS = 30;
const reason = await sandboxUnavailableReason();

async function tasksIn(out: string): Promise<{ tasks: string[]; kept: number; seeds: number }> {
  return JSON.parse(await readFile(join(out, "funnel.json"), "utf8"));
}

test.skipIf(reason !== undefined)(
  "a run killed thirty times has the tasks of one left alone",
  async () => {
    const dir = await mkdtemp(join(tmpdir(), "cachalot-synthesis-kill-"));
    try {
      const run = (out: string) => ["tasks", "synthesise", "interpreter", "--count", "40", "--out", join(dir, out)];
      expect((await cachalot(run("whole"))).status).toBe(0);
      const random = new Random(5);
      const kills = await killUntilDone(run("killed"), (count) =>
        count >= KILLS ? new Promise(() => {}) : sleep(2000 + random.next() * 4000),
      );
      expect(kills).toBeGreaterThan(0);
      const [whole, killed] = [await tasksIn(join(dir, "whole")), await tasksIn(join(dir, "killed"))];
      expect(killed.tasks).toEqual(whole.tasks);
      expect(killed).toMatchObject({ kept: whole.kept, seeds: whole.seeds });
      const names = (await readdir(join(dir, "killed"))).filter((name) => !name.startsWith(".") && !isTemporary(name));
      expect(names.sort()).toEqual([...whole.tasks, "funnel.json", "run.json"].sort());
    } finally {
      await rm(dir, { recursive: true });
    }
  },
  3_600_000,
);
