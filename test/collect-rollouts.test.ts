/** Rollouts on an endpoint: collected from `cachalot serve`, killed, gone on with, exported. */

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Rollout } from "@cachalot/chat";
import { readRollouts } from "@cachalot/rollouts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cachalot, type Served, serve, start } from "./support/cachalot.js";

const ANSWERS = 2;
const TASKS = 24;

let dir: string;
let server: Served;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-collect-"));
  server = await serve(["--max-sequences", "8"]);
});
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true });
});

const files = (folder: string) => join(dir, folder, "rollouts", "collected");
const done = async (folder: string): Promise<string[]> =>
  (await readdir(files(folder)).catch(() => [])).filter((name) => name.endsWith(".parquet")).sort();

const collecting = (folder: string, ...more: string[]) => [
  ...["rollouts", "collect", "sorting", "database", "--base-url", `${server.url}/v1`, "--out", join(dir, folder)],
  ...["-n", String(TASKS / 4), "-g", String(ANSWERS), "--levels", "0", "--concurrency", "3", "--json", ...more],
];

test("a collection that is killed goes on, samples no task again, and exports what training's rollouts do", async () => {
  const killed = start(collecting("killed"));
  while ((await done("killed")).length < 4) await sleep(20);
  killed.kill("SIGKILL");
  await new Promise((resolve) => killed.once("close", resolve));
  const before = new Map(
    await Promise.all(
      (await done("killed")).map(async (name) => [name, await readFile(join(files("killed"), name))] as const),
    ),
  );
  expect(before.size).toBeLessThan(TASKS);
  const { status, stdout, stderr } = await cachalot(collecting("killed"));
  expect(stderr).toMatch(/collect 24\/24 · pass@1/);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ complete: true, tasks: TASKS, rollouts: TASKS * ANSWERS });
  const names = await done("killed");
  expect(names).toHaveLength(TASKS);
  for (const [name, bytes] of before) expect((await readFile(join(files("killed"), name))).equals(bytes)).toBe(true);

  const all: Rollout[] = [];
  for (const name of names) all.push(...(await readRollouts(join(files("killed"), name))).rollouts);
  expect(new Set(all.map(({ id }) => id)).size).toBe(TASKS * ANSWERS);
  expect(new Set(all.map(({ task }) => `${task.taskset} ${task.mode} ${task.key}`)).size).toBe(TASKS);
  for (const { sequences, sampling } of all) {
    expect(sampling).toMatchObject({ temperature: 1, topP: 1, topK: 0 });
    for (const { sampled, logprobs } of sequences)
      for (const [t, bit] of sampled.entries()) expect(Number.isFinite(logprobs[t]!)).toBe(bit === 1);
  }
  const out = join(dir, "verl.jsonl");
  const exported = await cachalot(["rollouts", "export", join(dir, "killed"), "--to", "verl", "--out", out, "--json"]);
  expect(exported.status).toBe(0);
  expect((await readFile(out, "utf8")).trim().split("\n").length).toBe(JSON.parse(exported.stdout).rows);
}, 300_000);

test("measuring at an endpoint gives the rate that the engine here gives", async () => {
  const measure = [
    "tasks",
    "measure",
    "sorting",
    "--levels",
    "0",
    "--modes",
    "chat",
    "-n",
    "6",
    "--json",
    "--top-p",
    "1",
  ];
  const [here, there] = await Promise.all([
    cachalot(measure),
    cachalot([...measure, "--base-url", `${server.url}/v1`]),
  ]);
  expect(there).toMatchObject({ status: 0, stdout: here.stdout });
  const refused = await cachalot([...measure, "--base-url", `${server.url}/v1`, "--weights", "bf16"]);
  expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("not with --base-url") });
}, 300_000);

test.each([
  [["-g", "3"], /another groupSize \(2\)/],
  [["--base-url", "http://127.0.0.1:9/v1"], /Cannot reach/],
  [["--model", "gpt"], /does not list gpt/],
  [["--levels", "90", "--out", "new"], /no such tasks/],
])(
  "what cannot be collected is refused: %j",
  async (flags, message) => {
    const { status, stderr } = await cachalot(collecting("killed", ...flags));
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  },
  120_000,
);
