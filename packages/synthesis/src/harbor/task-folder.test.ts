import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeTask } from "../make-task.js";
import { textFiles } from "../task.js";
import { answerTask } from "../testing/answer-task.js";
import { readTaskFolder, writeTaskFolder } from "./task-folder.js";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-synthesis-"));
});
afterEach(() => rm(dir, { recursive: true }));

test("a task is read as it was written, with its instance record", async () => {
  const { environment, tests, solution } = answerTask();
  const task = makeTask({
    ...{
      kind: "interpreter",
      id: "fibonacci-20",
      pipeline: "interpreter",
      agent: "notebook",
      answer: "/app/answer.txt",
    },
    ...{ prompt: "Write the twentieth Fibonacci number.", promptSource: "generated" },
    provenance: { source: "number theory", licence: "MIT", seed: "7", hashes: { table: "abc" } },
    difficulty: { steps: 20, density: 1e-9 },
    evidence: { agree: true, runs: [{ ms: 12.5 }, { ms: 13 }] },
    ...{ environment, tests, solution },
  });
  await writeTaskFolder(task, join(dir, task.name));
  expect(await readTaskFolder(join(dir, task.name))).toEqual(task);
});

test("files that lead out of the folder are neither written nor read", async () => {
  const tests = textFiles({ "../outside": "" });
  await expect(writeTaskFolder(answerTask({ tests }), join(dir, "bad"))).rejects.toThrow(/leads out of its folder/);
  await writeTaskFolder(answerTask(), join(dir, "linked"));
  await mkdir(join(dir, "linked", "environment", "more"));
  await symlink("/etc/passwd", join(dir, "linked", "environment", "more", "file"));
  await expect(readTaskFolder(join(dir, "linked"))).rejects.toThrow(/no plain file; leave links/);
});

test("a task.toml that is none is named with its field", async () => {
  await writeTaskFolder(answerTask(), join(dir, "bad"));
  await writeFile(join(dir, "bad", "task.toml"), "[verifier]\ntimeout_sec = -1\n");
  await expect(readTaskFolder(join(dir, "bad"))).rejects.toThrow(/task.toml.*verifier.timeout_sec/s);
  await writeFile(join(dir, "bad", "task.toml"), "[verifier\n");
  await expect(readTaskFolder(join(dir, "bad"))).rejects.toThrow(/is no TOML/);
});
