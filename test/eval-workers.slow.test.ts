/** An evaluation whose answers are left to workers on a PostgreSQL, one of which dies, as does the command that waits for them. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cachalot } from "./support/cachalot.js";
import { killedQueue } from "./support/killed-queue.js";
import { postgresMissing } from "./support/postgres.js";

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
    const worker = ["worker", "--evals", "--concurrency", "1", "--dir", join(dir, "worker")];
    const doneBy = await killedQueue({ args: argsFor(out), worker, items: PROBLEMS, before: 3 });
    expect(doneBy).toHaveLength(PROBLEMS);
    expect(await answers(out)).toEqual(await answers(undisturbed));
  }, 600_000);

  test("need a database that they share", async () => {
    const args = [...argsFor(join(dir, "refused")), "--queue"];
    const { status, stderr } = await cachalot(args);
    expect([status, stderr]).toEqual([1, expect.stringContaining("set DATABASE_URL to a PostgreSQL")]);
  });
});
