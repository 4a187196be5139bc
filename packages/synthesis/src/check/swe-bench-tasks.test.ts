import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commitFiles } from "../code/testing/repository.js";
import { withSandbox } from "../testing/with-sandbox.js";
import { checkTasks } from "./check-directory.js";
import { findInstances } from "./swe-bench-tasks.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-instances-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const TEST = (cases: string) =>
  `const test = require("node:test");\nconst assert = require("node:assert");\nconst { clamp } = require("../lib/clamp.js");\n${cases}`;
const LOW = 'test("values below the lower bound become it", () => assert.equal(clamp(0, 1, 3), 1));\n';
const HIGH = 'test("values above the upper bound become it", () => assert.equal(clamp(5, 1, 3), 3));\n';

withSandbox("SWE-bench instances", () => {
  test("pass the gates, or say why they cannot be built", async () => {
    const repository = join(dir, "clamp");
    const base = await commitFiles(repository, {
      "package.json": '{"name":"clamp","version":"1.0.0","scripts":{"test":"node --test"}}\n',
      "lib/clamp.js": "exports.clamp = (value, low, high) => Math.max(value, low);\n",
      "test/clamp.test.js": TEST(LOW),
    });
    const good = {
      ...{ instance_id: "x__clamp-1", repo: "x/clamp", base_commit: base },
      problem_statement: "clamp ignores the upper bound\\n\\nValues above it come back as they are.",
      patch:
        "diff --git a/lib/clamp.js b/lib/clamp.js\n--- a/lib/clamp.js\n+++ b/lib/clamp.js\n@@ -1 +1 @@\n" +
        "-exports.clamp = (value, low, high) => Math.max(value, low);\n" +
        "+exports.clamp = (value, low, high) => Math.min(Math.max(value, low), high);\n",
      test_patch:
        "diff --git a/test/clamp.test.js b/test/clamp.test.js\n--- a/test/clamp.test.js\n+++ b/test/clamp.test.js\n" +
        `@@ -4 +4,2 @@\n ${LOW}+${HIGH}`,
      FAIL_TO_PASS: '["values above the upper bound become it"]',
      PASS_TO_PASS: '["values below the lower bound become it"]',
    };
    const lost = { ...good, instance_id: "x__clamp-2", base_commit: "0".repeat(40) };
    const file = join(dir, "instances.jsonl");
    await writeFile(file, `${JSON.stringify(good)}\n${JSON.stringify(lost)}\n`);
    const checked = [];
    for await (const task of checkTasks(await findInstances(file, [repository]), { repeats: 2, mutants: 3 }))
      checked.push(task);
    expect(checked).toEqual([
      { task: expect.stringContaining("clamp-1"), passed: true, failures: [] },
      { task: "x__clamp-2", passed: false, failures: [{ gate: "format", why: expect.stringMatching(/^read: /) }] },
    ]);
  }, 300_000);
});
