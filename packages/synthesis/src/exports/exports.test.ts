import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readParquet } from "@cachalot/files";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSweBench } from "../code/candidates/swe-bench-candidate.js";
import { textFiles } from "../task.js";
import { answerTask } from "../testing/answer-task.js";
import { exportTasks, TASK_EXPORTS } from "./index.js";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-exports-"));
});
afterEach(() => rm(dir, { recursive: true }));

const tasks = [answerTask(), answerTask({ name: "second", instruction: "Another.\n" })];

test("TRL reads a prompt and the task's name in every line", async () => {
  await exportTasks(tasks, "trl", "demo", join(dir, "out"));
  const rows = (await readFile(join(dir, "out", "prompts.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(rows[1]).toEqual({
    prompt: [{ role: "user", content: "Another.\n" }],
    task: "second",
    kind: "code",
    level: 0,
    licence: "unknown",
    canary: expect.stringMatching(/canary GUID [0-9a-f-]{36}$/),
  });
});

test("verl reads the columns of its data set", async () => {
  await exportTasks(tasks, "verl", "demo", join(dir, "out"));
  const { rows } = await readParquet(join(dir, "out", "prompts.parquet"));
  expect(rows[0]).toMatchObject({
    data_source: "demo",
    reward_model: { style: "rule", ground_truth: "fibonacci" },
    extra_info: { index: 0 },
  });
});

test("no export holds a line of a solution or a verifier, but SWE-bench's, whose rows are both", async () => {
  for (const { files } of TASK_EXPORTS.filter(({ name }) => name !== "swe-bench"))
    for (const data of files(tasks, "demo").values()) {
      const text = Buffer.from(data).toString("latin1");
      expect(text).not.toContain("6765");
      expect(text).not.toContain("seq 18");
    }
});

test("every export carries the canary of its set, which is that of no other", async () => {
  const canaries = new Set<string>();
  for (const { name } of TASK_EXPORTS.filter(({ name }) => name !== "swe-bench"))
    for (const [of, set] of [
      ["demo", tasks],
      ["demo", tasks.slice(1)],
      ["other", tasks],
    ] as const) {
      const paths = await exportTasks(set, name, of, join(dir, "out"));
      expect(paths).toContain(join(dir, "out", "CANARY.txt"));
      canaries.add(await readFile(join(dir, "out", "CANARY.txt"), "utf8"));
    }
  expect(canaries.size).toBe(3);
});

test("an export there is not is refused with those there are", async () => {
  await expect(exportTasks(tasks, "parquet", "demo", join(dir, "out"))).rejects.toThrow(
    /verifiers, openenv, trl, verl, swe-bench/,
  );
});

test("SWE-bench takes code tasks alone, and reads them", async () => {
  const tests = textFiles({ "test.patch": "T", "expected.json": '{"FAIL_TO_PASS":["a > b"],"PASS_TO_PASS":[]}' });
  const solution = textFiles({ "gold.patch": "G", "solve.sh": "" });
  await exportTasks([answerTask({ tests, solution })], "swe-bench", "demo", join(dir, "out"));
  const [instance] = await readSweBench(join(dir, "out", "instances.jsonl"));
  expect(instance).toMatchObject({ patch: "G", test_patch: "T", FAIL_TO_PASS: ["a > b"] });
  await expect(exportTasks(tasks, "swe-bench", "demo", join(dir, "other"))).rejects.toThrow(
    /export tasks of the pipeline code/,
  );
});
