import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultDevice } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Recipe, recipeSchema } from "../recipe/recipe.js";
import { rolloutDataset } from "../rl/rollout-dataset.js";
import { selectRollouts } from "../rl/select-rollouts.js";
import type { MetricRecord } from "../run/metric-record.js";
import { train } from "../run/train.js";
import { openTinyPolicy } from "../testing/tiny-policy.js";
import { silent, tinyRecipe, writeTinyData } from "../testing/tiny-run.js";
import { tinySourceOf } from "../testing/tiny-tasks.js";

let dir: string;
const rl = { openPolicy: openTinyPolicy, sourceFor: () => tinySourceOf(), preflight: false };
const run = async (name: string, stages: object[]) => {
  const recipe = recipeSchema.parse({ ...tinyRecipe(join(dir, "data")), stages, evaluation: { every: 10 } }) as Recipe;
  await train(recipe, { runDir: join(dir, name), device: defaultDevice(), progress: silent, rl });
  const lines = (await readFile(join(dir, name, "metrics.jsonl"), "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line) as MetricRecord);
};
const grpo = { kind: "grpo", learningRate: 0.01, tasks: {}, groups: 6, groupSize: 6, heldOutTasks: 4 };

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-distill-"));
  await writeTinyData(join(dir, "data"));
  await run("teacher", [{ ...grpo, name: "rl", steps: 25, schedule: { kind: "constant" } }]);
});
afterAll(() => rm(dir, { recursive: true }));

test("of other runs' rollouts those that earned enough are taken, each answer once, a few a task", async () => {
  const all = { runs: [join(dir, "teacher")], minReward: 0.6, perTask: 3 };
  const sets = await selectRollouts(all);
  expect([...sets.keys()]).toEqual(["echo-chat"]);
  const tasks = sets.get("echo-chat")!;
  expect(tasks.length).toBeGreaterThan(1);
  for (const { key, sequences } of tasks) {
    expect(sequences.length).toBeLessThanOrEqual(3);
    expect(new Set(sequences.map(({ ids }) => ids.join())).size).toBe(sequences.length);
    for (const { ids, sampled } of sequences) {
      const right = ids.filter((id, t) => sampled[t] === 1 && String(id) === key).length;
      expect(right).toBeGreaterThanOrEqual(2);
    }
  }
  expect((await selectRollouts({ ...all, perSet: 1 })).get("echo-chat")).toEqual(tasks.slice(0, 1));
});

test("a student learns from them, and its loss falls", async () => {
  const distill = { name: "student", kind: "distill", steps: 20, batch: 2, seq: 24, learningRate: 0.02 };
  const rollouts = { runs: [join(dir, "teacher")], minReward: 0.6 };
  const records = await run("student", [{ ...distill, rollouts }]);
  const losses = records.filter(({ kind }) => kind === "step").map(({ lmLoss }) => lmLoss!);
  expect(losses.at(-1)).toBeLessThan(0.7 * losses[0]!);
  expect(records.find(({ kind }) => kind === "evaluation")!.lossByPart).toHaveProperty("echo-chat");
});

test("a student goes on with its share of the recipe's data, so that it forgets nothing", async () => {
  const stage = { name: "student", kind: "distill", steps: 6, batch: 4, seq: 24, learningRate: 0.01 };
  const rollouts = { runs: [join(dir, "teacher")], minReward: 0.6 };
  const records = await run("keeps", [{ ...stage, rollouts, parts: { text: 0.25 } }]);
  const { lossByPart } = records.find(({ kind }) => kind === "evaluation")!;
  expect(Object.keys(lossByPart!).sort()).toEqual(["echo-chat", "text"]);
  await expect(run("unknown", [{ ...stage, rollouts, parts: { prose: 0.5 } }])).rejects.toThrow(/no part "prose"/);
  await expect(run("all", [{ ...stage, rollouts, parts: { text: 1 } }])).rejects.toThrow(/leaves nothing to rollouts/);
});

test("runs without rollouts, and with none that earned enough, are refused before the first step", async () => {
  const stage = { name: "student", kind: "distill", steps: 1, batch: 2, seq: 24, learningRate: 0.02 };
  await expect(run("none", [{ ...stage, rollouts: { runs: [join(dir, "data")] } }])).rejects.toMatchObject({
    code: "invalid_data",
    message: expect.stringContaining("has no rollouts"),
  });
  const rollouts = { runs: [join(dir, "teacher")], minReward: 2 };
  const first = { ...stage, name: "first", kind: "sft", parts: { text: 1 } };
  await expect(run("few", [first, { ...stage, rollouts }])).rejects.toMatchObject({
    code: "invalid_data",
    message: expect.stringMatching(/^stages\.1 \(student\)\.rollouts: .*lower minReward/),
  });
  expect(existsSync(join(dir, "few"))).toBe(false);
});

test("on-policy distillation brings a student nearer to its teacher on its own answers", async () => {
  const teacher = join(dir, "teacher", "models", "rl");
  const algorithm = { name: "opd" };
  const stage = { ...grpo, name: "opd", steps: 25, groupSize: 2, algorithm, teacher, schedule: { kind: "constant" } };
  const records = await run("opd", [stage]);
  const kl = records.filter(({ kind }) => kind === "step").map(({ rl: measured }) => measured!.kl);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(kl.slice(-5))).toBeLessThan(0.7 * mean(kl.slice(0, 5)));
});

test("token ids of a large vocabulary are kept whole", async () => {
  const selecting = { runs: [join(dir, "teacher")], minReward: 0.6, perTask: 1 };
  const about = { vocabSize: 129_280, tokenizerDir: join(dir, "data") };
  const wide = await rolloutDataset(join(dir, "wide"), selecting, about);
  const narrow = await rolloutDataset(join(dir, "narrow"), selecting, { ...about, vocabSize: 64 });
  const request = { parts: { "echo-chat": 1 }, batch: 1, seq: 24, seed: 1, step: 0 };
  expect(wide.batch(request).inputs).toEqual(narrow.batch(request).inputs);
});
