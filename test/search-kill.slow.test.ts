/** Search synthesis under kill -9: up to thirty times, then to its end, and checked by another process. */

import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { expect, test } from "vitest";
import { cachalot } from "./support/cachalot.js";
import { killUntilDone } from "./support/kill-until-done.js";

const KILLS = 30;
const TASKS = 4;
const missing = await sandboxUnavailableReason();

async function written(out: string): Promise<Record<string, string>> {
  const names = (await readdir(out)).filter((name) => /^search-[a-z]+-[0-9a-f]{12}$/.test(name));
  const hashOf = async (name: string) =>
    createHash("sha256")
      .update(await readFile(join(out, name, "task.toml")))
      .digest("hex");
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await hashOf(name)])));
}

test.skipIf(missing !== undefined)(
  "up to thirty kills: the tasks are whole, none is made twice, and all pass every gate in another process",
  async () => {
    const dir = await mkdtemp(join(tmpdir(), "cachalot-search-kill-"));
    const out = join(dir, "tasks");
    const settings = ["--set", "documents=12", "--count", `${TASKS}`, "--out", out];
    const args = ["tasks", "synthesise", "search", "--corpus", "generated:400", ...settings];
    try {
      const kills = await killUntilDone(args, KILLS, (kills) => sleep(1000 + 120 * ((kills * 7) % 19)));
      // On a fast machine it may be done before.
      expect(kills).toBeGreaterThan(KILLS / 2);
      const funnel = JSON.parse(await readFile(join(out, "funnel.json"), "utf8"));
      const tasks = await written(out);
      expect(Object.keys(tasks).sort()).toEqual([...funnel.tasks].sort());
      expect(funnel.kept).toBe(TASKS);
      const [reached, kept] = ["explore", "gates"].map((stage) =>
        funnel.stages.find(({ name }: { name: string }) => name === stage),
      );
      expect(reached.entered).toBe(funnel.seeds);
      expect(kept.passed).toBe(TASKS);
      expect((await cachalot(args)).status).toBe(0);
      expect(await written(out)).toEqual(tasks);
      const { status, stdout } = await cachalot(["tasks", "check", out, "--json"]);
      expect(status).toBe(0);
      const checked = stdout.trim().split("\n");
      expect(checked.map((line) => JSON.parse(line).passed)).toEqual(Array(TASKS).fill(true));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
  1_800_000,
);
