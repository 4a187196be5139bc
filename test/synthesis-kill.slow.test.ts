/** Synthesis under kill -9: of the process that does it all, and of workers that share a PostgreSQL. */

import type { ChildProcess } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cachalot, start } from "./support/cachalot.js";
import { killUntilDone } from "./support/kill-until-done.js";
import { postgresMissing, startPostgres } from "./support/postgres.js";

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
    const kills = await killUntilDone(argsFor(out), (kills) =>
      kills >= KILLS ? new Promise(() => {}) : sleep(900 + 90 * ((kills * 7) % 19)),
    );
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
      const postgres = await startPostgres();
      const env = { DATABASE_URL: postgres.url };
      const children: ChildProcess[] = [];
      const started = (args: readonly string[]) => {
        const child = start(args, env);
        children.push(child);
        return { child, ended: new Promise<number | null>((resolve) => child.once("close", resolve)) };
      };
      const worker = () => started(["worker", "--tasks", "--concurrency", "1", "--dir", join(dir, "worker")]);
      const items = (status: string) =>
        postgres.query(`SELECT executor_id FROM dbos.workflow_status WHERE status = '${status}'`);
      const until = async (is: () => boolean) => {
        while (!is()) await sleep(50);
      };
      try {
        const before = started([...argsFor(out), "--queue"]);
        await until(() => postgres.query("SELECT to_regclass('dbos.workflow_status') IS NOT NULL")[0] === "t");
        await until(() => items("ENQUEUED").length === TASKS);
        const first = worker();
        await until(() => items("SUCCESS").length > 0 && items("PENDING").length > 0);
        // An item is lost with its worker, and the run with the process that waits for it.
        for (const { child, ended } of [first, before]) {
          child.kill("SIGKILL");
          expect(await ended).toBe(null);
        }
        const after = started([...argsFor(out), "--queue"]);
        worker();
        worker();
        expect(await after.ended).toBe(0);
        expect(new Set(items("SUCCESS")).size).toBeGreaterThan(1);
        expect(items("SUCCESS")).toHaveLength(TASKS);
        expect(await made(out)).toEqual(undisturbed);
      } finally {
        for (const child of children) child.kill("SIGKILL");
        await postgres.stop();
      }
    },
    1_200_000,
  );
});
