import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultDevice } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Recipe, recipeSchema } from "../recipe/recipe.js";
import type { MetricRecord } from "../run/metric-record.js";
import { train } from "../run/train.js";
import { openTinyPolicy } from "../testing/tiny-policy.js";
import { silent, tinyRecipe, writeTinyData } from "../testing/tiny-run.js";
import { tinySourceOf } from "../testing/tiny-tasks.js";
import type { RolloutBinding } from "./rollout-source.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-grpo-"));
  await writeTinyData(join(dir, "data"));
});
afterAll(() => rm(dir, { recursive: true }));

/** A GRPO stage over a new tiny model. */
function recipe(fields: object = {}): Recipe {
  const stage = {
    ...{ name: "rl", kind: "grpo", steps: 12, learningRate: 0.02, schedule: { kind: "constant" }, tasks: { echo: 1 } },
    ...{ groups: 4, groupSize: 4, miniBatches: 2, sampling: { topP: 0.9 }, heldOutTasks: 4 },
    ...fields,
  };
  const all = tinyRecipe(join(dir, "data"));
  return recipeSchema.parse({ ...all, stages: [stage], evaluation: { every: 6 }, checkpoint: { every: 4, keep: 2 } });
}

const binding = (source = tinySourceOf(), preflight = false): RolloutBinding => ({
  openPolicy: openTinyPolicy,
  sourceFor: () => source,
  preflight,
});

async function run(name: string, of: Recipe, rl = binding(), signal?: AbortSignal, update = () => {}) {
  const progress = { ...silent, update };
  const options = { runDir: join(dir, name), device: defaultDevice(), progress, rl, ...(signal ? { signal } : {}) };
  await train(of, options);
  return metricsOf(name);
}

/** Metrics without what depends on the machine. */
async function metricsOf(name: string): Promise<MetricRecord[]> {
  const lines = (await readFile(join(dir, name, "metrics.jsonl"), "utf8")).trim().split("\n");
  return lines.map((line) => {
    const { tokensPerSecond, rl, ...record } = JSON.parse(line) as MetricRecord;
    if (!rl) return record;
    const { seconds, rolloutTokensPerSecond, ...measured } = rl;
    return { ...record, rl: measured as typeof rl };
  });
}

const steps = (records: MetricRecord[]) => records.filter(({ kind }) => kind === "step");

test("the reward rises, and what the policy recorded is what the trainer computes", async () => {
  const records = steps(await run("learns", recipe({ steps: 30, keepSelection: false })));
  const rewards = records.map(({ rl }) => rl!.reward);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(rewards.slice(-5))).toBeGreaterThan(mean(rewards.slice(0, 5)) + 0.15);
  for (const { rl } of records) expect(rl!.mismatch.max).toBeLessThan(1e-4);
  expect(records[0]!.rl!.ratioMean).toBeGreaterThan(0);
  expect(records[0]!.rl!.byTaskset["echo/chat"]!.rollouts).toBeGreaterThanOrEqual(16);
});

test("a stopped run goes on to the same metrics, from rollouts on disk", async () => {
  const whole = await run("whole", recipe({ offPolicy: 2 }));
  const abort = new AbortController();
  let made = 0;
  await run("stopped", recipe({ offPolicy: 2 }), binding(), abort.signal, () => void (++made === 5 && abort.abort()));
  await cp(join(dir, "stopped"), join(dir, "again"), { recursive: true });
  expect(await run("stopped", recipe({ offPolicy: 2 }))).toEqual(whole);
  // Killed behind step 7, whose rollouts are there, with the checkpoint of step 5.
  const names = (await readdir(join(dir, "stopped", "rollouts", "rl"))).filter((name) => name.startsWith("0000"));
  for (const name of names)
    await cp(join(dir, "stopped", "rollouts", "rl", name), join(dir, "again", "rollouts", "rl", name));
  const refusing = { ...tinySourceOf(), collect: async () => Promise.reject(new Error("sampled anew")) };
  await expect(run("again", recipe({ offPolicy: 2 }), binding(refusing))).rejects.toThrow("sampled anew");
  expect((await metricsOf("again")).filter(({ kind }) => kind === "step").length).toBeGreaterThanOrEqual(7);
  expect(await run("again", recipe({ offPolicy: 2 }))).toEqual(whole);
  expect(steps(whole).map(({ rl }) => rl!.age)).toEqual([0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
});

test.each([1, 2, 3])("stopped in evaluation %i, a run loses nothing and goes on to the same metrics", async (which) => {
  const whole = await run(`evaluated-${which}`, recipe());
  const abort = new AbortController();
  let evaluations = 0;
  const source = tinySourceOf();
  const stopping: typeof source = {
    ...source,
    async evaluate(request, policy) {
      if (++evaluations === which) {
        abort.abort();
        abort.signal.throwIfAborted();
      }
      return source.evaluate(request, policy);
    },
  };
  const options = { runDir: join(dir, `cut-${which}`), device: defaultDevice(), progress: silent };
  expect(await train(recipe(), { ...options, rl: binding(stopping), signal: abort.signal })).toMatchObject({
    complete: false,
  });
  expect(await run(`cut-${which}`, recipe())).toEqual(whole);
});

test.each([
  [{ algorithm: { name: "no" } }, /stages\.0 \(rl\)\.algorithm\.name.*v32, dapo/],
  [{ algorithm: { name: "v32", options: { beta: -1 } } }, /algorithm\.options\.beta/],
  [{ algorithm: { name: "opd" } }, /teacher/],
  [{ groupSize: 1 }, /groupSize.*at least 2/],
  [{ contextLength: 65 }, /contextLength.*64/],
])("a recipe that cannot work is refused before the first step: %j", async (fields, message) => {
  await expect(run("refused", recipe(fields))).rejects.toMatchObject({
    code: "invalid_recipe",
    message: expect.stringMatching(message),
  });
});

test("a recipe without a tokenizer is refused", async () => {
  const { data, ...rest } = recipe();
  await expect(run("refused", rest)).rejects.toMatchObject({ message: expect.stringMatching(/no tokenizer.*init/) });
});

test("tasks that the source refuses are refused with the field", async () => {
  const rl = { ...binding(), sourceFor: () => Promise.reject(new Error("there is no taskset echoo")) };
  await expect(run("tasks", recipe(), rl)).rejects.toMatchObject({
    code: "invalid_recipe",
    message: expect.stringMatching(/stages\.0 \(rl\)\.tasks: there is no taskset/),
  });
});

test("equal rewards end the run, and the preflight says so before the first step", async () => {
  const equal = tinySourceOf(() => 0.5);
  await expect(run("equal", recipe(), binding(equal))).rejects.toMatchObject({
    code: "no_signal",
    message: expect.stringContaining("earned the same for 3 steps"),
  });
  await expect(run("hopeless", recipe(), binding(equal, true))).rejects.toMatchObject({
    code: "no_signal",
    message: expect.stringMatching(/0\.0 % of the groups.*--no-preflight/),
  });
  expect(await readdir(join(dir, "hopeless"))).not.toContain("metrics.jsonl");
});

test("what cannot be judged leaves its group, and ends the run above 5 %", async () => {
  const few = tinySourceOf((rollout, step) => (step === 1 && rollout.id === "0-0-0-0" ? null : rollout.reward));
  const records = steps(await run("few", recipe({ steps: 2 }), binding(few)));
  expect(records[0]!.rl!.unjudged).toBe(1);
  expect(records[0]!.rl!.rollouts).toBe(records[0]!.rl!.groups * 4 - 1);
  const many = tinySourceOf((rollout) => (rollout.sample === 0 ? null : rollout.reward));
  await expect(run("many", recipe(), binding(many))).rejects.toMatchObject({
    code: "no_signal",
    message: expect.stringMatching(/could not be judged/),
  });
});
