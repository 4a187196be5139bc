import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cachalot, root } from "./support/cachalot.js";
import { sortingRecipe, writeSortingData } from "./support/sorting-data.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-rl-command-"));
});
afterAll(() => rm(dir, { recursive: true }));

/** Trains a recipe. */
async function train(name: string, recipe: object, ...flags: string[]) {
  const path = join(dir, `${name}.json`);
  await writeFile(path, JSON.stringify(recipe));
  return cachalot(["train", path, "--run", join(dir, name), ...flags]);
}

const stage = {
  ...{ name: "rl", kind: "grpo", steps: 2, learningRate: 1e-5, groups: 3, groupSize: 2, heldOutTasks: 2 },
  tasks: { tasksets: { sorting: { modes: ["chat"] } } },
};
const untaught = (fields: object = {}) => ({
  name: "rl",
  init: join(root, "models", "embedded-base"),
  stages: [{ ...stage, ...fields }],
});

test.each([
  ["an unknown taskset", { tasks: { tasksets: { sort: {} } } }, /stages\.0 \(rl\)\.tasks: there is no taskset sort/],
  ["a level there is not", { tasks: { tasksets: { sorting: { levels: [40] } } } }, /sorting\.levels.*levels 0 to/],
  ["an algorithm's option", { algorithm: { options: { clipLo: 1 } } }, /algorithm\.options.*clipLo/],
])("%s is refused before anything is written", async (name, fields, message) => {
  const { status, stderr } = await train(name.replaceAll(" ", "-"), untaught(fields));
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/\.json:1: stages\.0 \(rl\)/);
  expect(await readdir(dir)).not.toContain(name.replaceAll(" ", "-"));
});

test("what is wrong in a recipe is told by file and line, also in one that it extends", async () => {
  const base = join(dir, "base.json");
  await writeFile(base, JSON.stringify(untaught({ tasks: { tasksets: { sorting: { levels: [40] } } } }), null, 2));
  const line = (await readFile(base, "utf8")).split("\n").findIndex((text) => text.includes('"levels"')) + 1;
  const own = join(dir, "own.json");
  await writeFile(own, JSON.stringify({ extends: "base.json", name: "own" }));
  const { status, stderr } = await cachalot(["train", own]);
  expect(status).toBe(1);
  expect(stderr).toContain(`${base}:${line}: stages.0 (rl).tasks: tasksets.sorting.levels`);
  await writeFile(own, '{\n  "extends": "base.json",\n  "speed": 1\n}');
  expect((await cachalot(["train", own])).stderr).toMatch(/own\.json:3: .*speed/);
}, 180_000);

test("the preflight tells what a run starts from, and refuses one that cannot learn", async () => {
  const { status, stderr } = await train("untaught", untaught());
  expect(status).toBe(1);
  expect(stderr).toMatch(/preflight over 6 rollouts in 3 groups: pass@1 0\.0 %/);
  expect(stderr).toMatch(/error: only 0\.0 % of the groups.*stage sft.*--no-preflight/);
  const skipped = await train("skipped", untaught(), "--no-preflight");
  expect(skipped.stderr).not.toContain("preflight over");
}, 180_000);

test("rollout workers are refused where processes cannot share a database, or have nothing to do", async () => {
  const path = join(dir, "workers.json");
  await writeFile(path, JSON.stringify(untaught()));
  const alone = await cachalot(["train", path, "--workers"], "", { DATABASE_URL: "" });
  expect(alone).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/embedded one serves a single process; set DATABASE_URL/),
  });
  const worker = await cachalot(["worker", "--rollouts", dir], "", { DATABASE_URL: "" });
  expect(worker).toMatchObject({ status: 1, stderr: expect.stringContaining("set DATABASE_URL") });
  const { stages: _, ...rest } = sortingRecipe(join(dir, "data"), 1) as { stages: object[] };
  await writeFile(path, JSON.stringify({ ...rest, stages: [_[0]] }));
  const nothing = await cachalot(["train", path, "--workers"], "", { DATABASE_URL: "postgresql://127.0.0.1:1/none" });
  expect(nothing).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/no stage of rollouts.*leave --workers out/),
  });
}, 180_000);

test("fine-tuning, then reinforcement learning, from a recipe to a model that generates", async () => {
  await writeSortingData(join(dir, "data"), 300);
  const { status, stderr } = await train("sorting", sortingRecipe(join(dir, "data"), 3), "--no-preflight");
  expect(stderr).toMatch(/rl step 3 held-out: pass@1/);
  expect(status).toBe(0);
  const records = (await readFile(join(dir, "sorting", "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((l) => JSON.parse(l));
  const steps = records.filter(({ kind, stage: name }) => kind === "step" && name === "rl");
  expect(steps.map(({ rl }) => rl.age)).toEqual([0, 1, 1]);
  expect(steps[0].rl.mismatch.max).toBeLessThan(1e-4);
  const prompt = ["generate", "Sort 3 1 2", "--model", join(dir, "sorting", "models", "rl"), "--max-tokens", "4"];
  expect((await cachalot(prompt)).status).toBe(0);
  const { stdout } = await cachalot(["report", join(dir, "sorting")]);
  expect(stdout).toContain("report.html");
  expect(await readFile(join(dir, "sorting", "report.html"), "utf8")).toContain("<h2>Rollouts</h2>");
}, 300_000);

test("the rollouts of that run are listed, shown side by side and exported", async () => {
  const run = join(dir, "sorting");
  const { stdout } = await cachalot(["rollouts", "list", run, "--json"]);
  const all = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; outcome: string; taskset: string });
  expect(all.length).toBeGreaterThan(10);
  const failed = await cachalot(["rollouts", "list", run, "--outcome", "failed", "--json"]);
  const failures = failed.stdout.trim().split("\n").filter(Boolean);
  expect(failures.length).toBe(all.filter(({ outcome }) => outcome === "failed").length);
  const [one, other] = all;
  const shown = await cachalot(["rollouts", "show", run, one!.id, other!.id]);
  expect(shown.status).toBe(0);
  // Both questions are there, beside each other.
  expect(shown.stdout.match(/reward/g)!.length).toBeGreaterThanOrEqual(2);
  const file = join(dir, "slime.jsonl");
  expect((await cachalot(["rollouts", "export", run, "--to", "slime", "--out", file])).status).toBe(0);
  const samples = (await readFile(file, "utf8")).trim().split("\n");
  for (const line of samples) {
    const { tokens, response_length: length, loss_mask: mask } = JSON.parse(line);
    expect(mask).toHaveLength(length);
    expect(tokens.length).toBeGreaterThan(length);
  }
  const unknown = await cachalot(["rollouts", "export", run, "--to", "nobody"]);
  expect(unknown.status).not.toBe(0);
  expect(unknown.stderr).toContain("slime");
}, 180_000);
