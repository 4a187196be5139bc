import { cp, mkdtemp, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorkflowDatabase } from "./workflow-database.js";

let top: string;
beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), "cachalot-database-"));
  await (await openWorkflowDatabase(join(top, "whole"), undefined)).close();
}, 60_000);
afterAll(() => rm(top, { recursive: true }));

test.each<[string, (files: string) => Promise<unknown>]>([
  ["its version is gone", (files) => rm(join(files, "PG_VERSION"))],
  ["its control file is empty", (files) => truncate(join(files, "global", "pg_control"), 0)],
  [
    "its log is gone",
    async (files) => {
      for (const name of await readdir(join(files, "pg_wal")))
        if (/^[0-9A-F]{24}$/.test(name)) await rm(join(files, "pg_wal", name));
    },
  ],
])("a damaged database is named, and not replaced by an empty one: %s", async (what, damage) => {
  const directory = join(top, what.replaceAll(" ", "-"));
  await cp(join(top, "whole"), directory, { recursive: true });
  await damage(join(directory, "database", "pglite"));
  const opened = openWorkflowDatabase(directory, undefined);
  await expect(opened).rejects.toMatchObject({
    code: "runs",
    message: expect.stringMatching(/is damaged \(.*\); put a copy back, or move .* away to begin with a new one/),
  });
  // It is let go of, and others are as they were.
  await expect(openWorkflowDatabase(directory, undefined)).rejects.toThrow("is damaged");
  await (await openWorkflowDatabase(join(top, "whole"), undefined)).close();
});

test("what a first start left when it was killed is made anew", async () => {
  const directory = join(top, "killed");
  await cp(join(top, "whole"), directory, { recursive: true });
  await rm(join(directory, "database", "whole"));
  await rm(join(directory, "database", "pglite", "PG_VERSION"));
  await writeFile(join(directory, "database", "lock"), "4194999 77");
  await (await openWorkflowDatabase(directory, undefined)).close();
});

test("runs are for their owner's eyes", async () => {
  expect((await stat(join(top, "whole"))).mode & 0o777).toBe(0o700);
  expect((await stat(join(top, "whole", "database"))).mode & 0o777).toBe(0o700);
});
