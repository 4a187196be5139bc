import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseMessages } from "@cachalot/chat";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cachalot } from "./support/cachalot.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-tasks-"));
});
afterAll(() => rm(dir, { recursive: true }));

const rowsOf = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown> & { messages: { role: string; content: string }[] });

test("tasks list names every taskset with its domain and levels", async () => {
  const { stdout } = await cachalot(["tasks", "list", "--json"]);
  const sets = rowsOf(stdout);
  expect(sets).toContainEqual(expect.objectContaining({ name: "sorting", domain: "logic", rewards: { correct: 1 } }));
  const people = await cachalot(["tasks", "list"]);
  for (const { name } of sets) expect(people.stdout).toContain(name);
});

test("tasks show is a task with its demonstrations, the same each time", async () => {
  const args = ["tasks", "show", "sorting", "--level", "2", "--seed", "4", "--split", "heldout"];
  const { stdout, status } = await cachalot([...args, "--json"]);
  expect(status).toBe(0);
  const task = JSON.parse(stdout) as { messages: { content: string }[]; demonstrations: { style: string }[] };
  expect(task).toMatchObject({ taskset: "sorting", level: 2, split: "heldout", mode: "thinking" });
  expect(task.demonstrations.map(({ style }) => style)).toEqual(["terse", "stepwise", "checked"]);
  expect((await cachalot(args)).stdout).toContain(task.messages[0]!.content);
});

test("tasks demonstrate writes conversations to learn from, and leaves nothing else behind", async () => {
  const file = join(dir, "demonstrations.jsonl");
  const args = [
    "tasks",
    "demonstrate",
    "sorting",
    "countdown",
    "--count",
    "60",
    "--levels",
    "0-1",
    "--styles",
    "terse",
  ];
  const { stdout, status } = await cachalot([...args, "--out", file, "--json"]);
  expect({ status, ...JSON.parse(stdout) }).toEqual({ status: 0, file, rows: 60 });
  const rows = rowsOf(await readFile(file, "utf8"));
  expect(rows).toHaveLength(60);
  for (const { messages, mode } of rows) {
    expect(parseMessages(messages)).toHaveLength(2);
    expect("reasoning_content" in messages[1]!).toBe(mode === "thinking");
  }
  expect(await readdir(dir)).toEqual(["demonstrations.jsonl"]);
  expect(rowsOf((await cachalot(args)).stdout)).toEqual(rows);
});

test.each([
  [["show", "chess"], /there is no taskset chess; there are arithmetic/],
  [["show", "sorting", "--level", "99"], /sorting has levels 0 to \d+, not 99/],
  [["demonstrate", "chess"], /there is no taskset chess/],
  [["demonstrate", "--levels", "2-0"], /levels such as 0-2/],
  [["demonstrate", "--styles", "long"], /long is none of terse, stepwise, checked/],
  [["demonstrate", "sorting", "--levels", "50"], /nothing to demonstrate in levels 50/],
  [
    ["synthesise", "search", "--roles", "verify", "--queue", "--out", "nowhere"],
    /workers need a database they share.*DATABASE_URL/,
  ],
])("tasks %j is refused with the fix", async (args, message) => {
  const { status, stderr } = await cachalot(["tasks", ...args]);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain("    at ");
});

test("each of its commands explains itself with an example", async () => {
  for (const command of ["list", "show", "demonstrate"])
    expect((await cachalot(["tasks", command, "--help"])).stdout).toMatch(/Examples?:\n {2}cachalot tasks /);
});

test("tasks measure tells pass@1 of a model by taskset, mode and level, the same each time", async () => {
  const args = ["tasks", "measure", "sorting", "--count", "6", "--levels", "0-1", "--modes", "chat", "--json"];
  const { stdout, status } = await cachalot(args);
  expect(status).toBe(0);
  const rows = rowsOf(stdout);
  expect(rows.map(({ level }) => level)).toEqual([0, 1]);
  for (const row of rows) {
    expect(row).toMatchObject({ taskset: "sorting", domain: "logic", mode: "chat", tasks: 6, notMeasured: 0 });
    expect(row.passAt1).toBe((row.solved as number) / 6);
  }
  expect((await cachalot(args)).stdout).toBe(stdout);
});
