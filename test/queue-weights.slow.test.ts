/** Commands that leave their items to workers open nothing of the model: here its directory is empty. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { start } from "./support/cachalot.js";
import { postgresMissing, startPostgres, type TestPostgres } from "./support/postgres.js";

describe.skipIf(postgresMissing)("a command that waits for workers", () => {
  let dir: string;
  let postgres: TestPostgres;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "cachalot-queue-weights-"));
    postgres = await startPostgres();
  });
  afterAll(async () => {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  });

  test.each([
    ["eval", ["eval", "gsm8k", "--limit", "3"]],
    ["synthesise", ["tasks", "synthesise", "general", "--from", "Dinners for a canteen", "--count", "3"]],
  ])(
    "%s queues its items without the model's weights",
    async (name, args) => {
      const model = await mkdtemp(join(dir, "model-"));
      const queued = () =>
        postgres.query("SELECT to_regclass('dbos.workflow_status') IS NOT NULL")[0] === "t"
          ? postgres.query("SELECT workflow_uuid FROM dbos.workflow_status WHERE status = 'ENQUEUED'").length
          : 0;
      const before = queued();
      const child = start([...args, "--queue", "--model", model, "--out", join(dir, name)], {
        DATABASE_URL: postgres.url,
      });
      let errors = "";
      child.stderr!.setEncoding("utf8").on("data", (text: string) => (errors += text));
      const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
      try {
        while (queued() < before + 3) {
          if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${errors}`);
          await sleep(50);
        }
        expect(queued()).toBe(before + 3);
      } finally {
        child.kill("SIGKILL");
        await ended;
      }
    },
    300_000,
  );
});
