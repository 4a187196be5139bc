/** Mining under kill -9: thirty times, then to its end; every commit is worked on once, and what was written stays as it was. */

import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { readTaskFolder } from "@cachalot/synthesis";
import { expect, test } from "vitest";
import { commitFiles } from "../packages/synthesis/src/code/testing/repository.js";
import { killUntilDone } from "./support/kill-until-done.js";

const KILLS = 30;
const missing = await sandboxUnavailableReason();

const OPERATORS = ["+", "*", "%", "**", "&", "|"];

/** A commit that makes an operation, with a test of it; then one that changes nothing tests can see, and one with a link out. */
async function project(directory: string): Promise<void> {
  const test = (body: string) => `const assert = require('assert');\n${body}\n`;
  await commitFiles(directory, { "package.json": "{}", "test/base.js": test("assert(true);") });
  for (const [at, operator] of OPERATORS.entries()) {
    await commitFiles(directory, { [`lib/op${at}.js`]: "exports.apply = (a, b) => a - b;\n" }, "Add an operation");
    const files = {
      [`lib/op${at}.js`]: `exports.apply = (a, b) => (b === undefined ? a : a ${operator} b);\n`,
      [`test/op${at}.js`]: test(
        `const { apply } = require('../lib/op${at}');\nassert.equal(apply(7, 3), 7 ${operator} 3);`,
      ),
    };
    await commitFiles(directory, files, `Make operation ${at} what its name says`);
  }
  await commitFiles(directory, {
    "lib/op0.js": "exports.apply = (a, b) => b + a;\n",
    "test/base.js": test("assert(1);"),
  });
  await commitFiles(directory, { "lib/op1.js": "exports.apply = (b, c) => b * c;\n", "test/out.js": "-> /etc/passwd" });
}

async function written(out: string): Promise<Map<string, string>> {
  const names = (await readdir(out).catch(() => [])).filter(
    (name) => name.startsWith("git-") && !name.endsWith(".tmp"),
  );
  const hashes = new Map<string, string>();
  for (const name of names) {
    // Between the old folder and the new there is none for a moment.
    const text = await readFile(join(out, name, "task.toml")).catch(() => undefined);
    if (text) hashes.set(name, createHash("sha256").update(text).digest("hex"));
  }
  return hashes;
}

test.skipIf(missing !== undefined)(
  "thirty kills: no commit is lost, none is worked on twice",
  async () => {
    const dir = await mkdtemp(join(tmpdir(), "cachalot-mine-kill-"));
    try {
      await project(join(dir, "project"));
      const out = join(dir, "tasks");
      const seen: Map<string, string>[] = [];
      const kills = await killUntilDone(
        ["tasks", "mine", "--git", join(dir, "project"), "--limit", "20", "--out", out],
        async (kills) => {
          if (kills >= KILLS) return new Promise(() => {});
          const before = (await written(out)).size;
          // Every fifth time just when a task was written, else anywhere in between.
          const until = Date.now() + (kills % 5 === 4 ? 120_000 : 1500 + 250 * ((kills * 7) % 19));
          while (Date.now() < until && (await written(out)).size === before) await sleep(20);
          seen.push(await written(out));
        },
      );
      expect(kills).toBe(KILLS);
      const funnel = JSON.parse(await readFile(join(out, "funnel.json"), "utf8"));
      const end = await written(out);
      expect((await readdir(out)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
      expect([...end.keys()].sort()).toEqual([...funnel.tasks].sort());
      expect(funnel).toMatchObject({ seeds: OPERATORS.length + 2, kept: OPERATORS.length });
      expect(funnel.drops.map(({ reason }: { reason: string }) => reason).sort()).toEqual([
        "no-fail-to-pass",
        "unsafe-path",
      ]);
      for (const name of end.keys()) expect((await readTaskFolder(join(out, name))).instance?.id).toBe(name);
      // A task may be written again only until the next is: then its commit is recorded as done.
      for (const [at, now] of seen.entries()) {
        const recorded = seen.slice(0, at).flatMap((before) => (before.size < now.size ? [...before.keys()] : []));
        for (const name of recorded) expect([name, now.get(name)]).toEqual([name, end.get(name)]);
      }
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
  1_800_000,
);
