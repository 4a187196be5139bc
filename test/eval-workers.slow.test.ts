/** An evaluation whose answers are left to workers on a PostgreSQL, one of which dies, as does the command that waits for them. */

import type { ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cachalot, start } from "./support/cachalot.js";
import { postgresMissing, startPostgres } from "./support/postgres.js";

const PROBLEMS = 24;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-eval-workers-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const argsFor = (out: string) => {
  const asked = ["--limit", `${PROBLEMS}`, "--no-thinking", "--temperature", "0", "--max-tokens", "64"];
  return ["eval", "gsm8k", ...asked, "--concurrency", "1", "--out", out];
};

/** What was answered, in the order of problems; how long it took is another each time. */
async function answers(out: string) {
  const lines = (await readFile(join(out, "samples.jsonl"), "utf8")).trim().split("\n");
  return lines
    .map((line) => JSON.parse(line))
    .map(({ item, sample, verdict, messages, seed }) => ({ item, sample, verdict, messages, seed }))
    .sort((a, b) => (a.item < b.item ? -1 : 1));
}

describe.skipIf(postgresMissing)("workers", () => {
  test("give the answers that one process gives, each once, whoever is killed", async () => {
    const undisturbed = join(dir, "undisturbed");
    expect((await cachalot(argsFor(undisturbed))).status).toBe(0);
    const out = join(dir, "queued");
    const postgres = await startPostgres();
    const env = { DATABASE_URL: postgres.url };
    const children: ChildProcess[] = [];
    const started = (args: readonly string[]) => {
      const child = start(args, env);
      children.push(child);
      return { child, ended: new Promise<number | null>((resolve) => child.once("close", resolve)) };
    };
    const worker = () => started(["worker", "--evals", "--concurrency", "1", "--dir", join(dir, "worker")]);
    const samples = (status: string) =>
      postgres.query(`SELECT executor_id FROM dbos.workflow_status WHERE status = '${status}'`);
    const until = async (is: () => boolean) => {
      while (!is()) await sleep(50);
    };
    try {
      const before = started([...argsFor(out), "--queue"]);
      await until(() => postgres.query("SELECT to_regclass('dbos.workflow_status') IS NOT NULL")[0] === "t");
      await until(() => samples("ENQUEUED").length === PROBLEMS);
      const first = worker();
      await until(() => samples("SUCCESS").length > 2 && samples("PENDING").length > 0);
      for (const { child, ended } of [first, before]) {
        child.kill("SIGKILL");
        expect(await ended).toBe(null);
      }
      const after = started([...argsFor(out), "--queue"]);
      worker();
      worker();
      expect(await after.ended).toBe(0);
      expect(samples("SUCCESS")).toHaveLength(PROBLEMS);
      expect(await answers(out)).toEqual(await answers(undisturbed));
    } finally {
      for (const child of children) child.kill("SIGKILL");
      await postgres.stop();
    }
  }, 600_000);

  test("need a database that they share", async () => {
    const args = [...argsFor(join(dir, "refused")), "--queue"];
    const { status, stderr } = await cachalot(args);
    expect([status, stderr]).toEqual([1, expect.stringContaining("set DATABASE_URL to a PostgreSQL")]);
  });
});
