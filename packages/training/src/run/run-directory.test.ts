import { existsSync } from "node:fs";
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDevice } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Recipe } from "../recipe/recipe.js";
import { silent, tinyRecipe, writeTinyData } from "../testing/tiny-run.js";
import type { MetricRecord } from "./metric-record.js";
import { RunDirectory } from "./run-directory.js";
import { type TrainOptions, train } from "./train.js";

let dir: string;
let data: string;
let recipe: Recipe;
const device = createDevice("reference");

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-run-directory-"));
  data = join(dir, "data");
  await writeTinyData(data);
  recipe = shortRecipe(2);
  await train(recipe, { runDir: join(dir, "run"), device, progress: silent });
});
afterAll(() => rm(dir, { recursive: true }));

/** One dense stage. */
function shortRecipe(steps: number): Recipe {
  const whole = tinyRecipe(data);
  return {
    ...whole,
    stages: [{ ...whole.stages[0]!, steps, schedule: { warmupSteps: 0, kind: "constant", finalFraction: 1 } }],
  };
}

/** A copy of the finished run. */
async function copyOfRun(name: string): Promise<string> {
  await cp(join(dir, "run"), join(dir, name), { recursive: true });
  return join(dir, name);
}

const goOn = (runDir: string, wanted: Recipe, options: Partial<TrainOptions> = {}) =>
  train(wanted, { runDir, device, progress: silent, ...options });

async function losses(runDir: string, stage = "dense"): Promise<number[]> {
  const lines = (await readFile(join(runDir, "metrics.jsonl"), "utf8")).trim().split("\n");
  const records = lines.map((line) => JSON.parse(line) as MetricRecord);
  return records.filter((record) => record.kind === "step" && record.stage === stage).map(({ lmLoss }) => lmLoss!);
}

test("a run in use is refused, naming the process, and left alone", async () => {
  const runDir = await copyOfRun("in-use");
  const fingerprint = JSON.parse(await readFile(join(runDir, "data.json"), "utf8")).fingerprint;
  const run = await RunDirectory.open(runDir, { recipe, data: { dir: data, fingerprint } });
  const writing = join(runDir, "checkpoints", "00009-dense-2.0123456789ab.tmp");
  await mkdir(writing);
  await expect(goOn(runDir, recipe)).rejects.toMatchObject({
    code: "invalid_run",
    message: expect.stringMatching(new RegExp(`process ${process.pid} is training .*--run`)),
  });
  expect(existsSync(writing)).toBe(true);
  await run.close();
  expect((await goOn(runDir, recipe)).complete).toBe(true);
  expect(existsSync(writing)).toBe(false);
  expect(existsSync(join(runDir, "lock"))).toBe(false);
});

test("the lock of a process that died is taken over", async () => {
  const runDir = await copyOfRun("dead-lock");
  await writeFile(join(runDir, "lock"), "999999999 1");
  expect((await goOn(runDir, recipe)).complete).toBe(true);
});

test("a training that fails gives its lock back", async () => {
  const runDir = await copyOfRun("failing");
  await rm(join(runDir, "checkpoints"), { recursive: true });
  await mkdir(join(runDir, "checkpoints", "00001-dense-1"), { recursive: true });
  await expect(goOn(runDir, recipe)).rejects.toThrow(/no checkpoint/);
  expect(existsSync(join(runDir, "lock"))).toBe(false);
});

test("what a killed process was writing is removed, wherever it lies", async () => {
  const runDir = await copyOfRun("leftovers");
  const names = ["recipe.json.0123456789ab.tmp", "models/dense.0123456789ab.tmp", "checkpoints/1.0123456789ab.tmp"];
  for (const name of names) await writeFile(join(runDir, name), "half");
  await goOn(runDir, recipe);
  expect((await readdir(runDir, { recursive: true })).filter((name) => name.includes(".tmp"))).toEqual([]);
});

test.each<[what: string, change: (copy: string) => Promise<void>]>([
  [
    "tokens",
    (copy) => appendFile(join(copy, "manifest.json"), "\n").then(() => changeByte(join(copy, "text.train.bin"))),
  ],
  ["the loss mask", (copy) => changeByte(join(copy, "text.heldout.mask.bin"))],
  ["the tokenizer", (copy) => writeFile(join(copy, "tokenizer.json"), '{"other":1}')],
])("data whose %s changed are noticed", async (what, change) => {
  const copy = join(dir, `changed ${what}`);
  await cp(data, copy, { recursive: true });
  const moved = { ...recipe, data: { dir: copy } };
  const runDir = join(dir, `run of ${what}`);
  await goOn(runDir, moved);
  await change(copy);
  await expect(goOn(runDir, moved)).rejects.toMatchObject({
    code: "invalid_run",
    message: expect.stringMatching(/the data in .* changed since .* began.*prepare.*--run/),
  });
});

async function changeByte(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length - 2] = bytes[bytes.length - 2] === 0 ? 1 : 0;
  await writeFile(path, bytes);
}

test("more steps of the last stage go on where it ended, as if they had been there from the start", async () => {
  const runDir = await copyOfRun("longer");
  await expect(goOn(runDir, shortRecipe(5))).rejects.toMatchObject({
    code: "invalid_run",
    message: expect.stringMatching(/add --extend/),
  });
  expect((await goOn(runDir, shortRecipe(5), { extend: true })).complete).toBe(true);
  const whole = join(dir, "whole");
  await goOn(whole, shortRecipe(5));
  expect(await losses(runDir)).toEqual(await losses(whole));
  expect(await readFile(join(runDir, "models", "dense", "model.safetensors"))).toEqual(
    await readFile(join(whole, "models", "dense", "model.safetensors")),
  );
});

test("an extension that is stopped is no finished stage", async () => {
  const runDir = await copyOfRun("stopped");
  const abort = new AbortController();
  const progress = { ...silent, update: () => abort.abort() };
  expect(await goOn(runDir, shortRecipe(5), { extend: true, progress, signal: abort.signal })).toMatchObject({
    complete: false,
  });
  expect((await goOn(runDir, shortRecipe(5))).complete).toBe(true);
  expect(await losses(runDir)).toHaveLength(5);
});

test("stages are added behind those there are", async () => {
  const runDir = await copyOfRun("added");
  const longer = shortRecipe(3);
  const warmup = { ...tinyRecipe(data).stages[1]!, steps: 2 };
  await goOn(runDir, { ...longer, description: "longer", stages: [...longer.stages, warmup] }, { extend: true });
  expect(await losses(runDir)).toHaveLength(3);
  expect(await losses(runDir, "warmup")).toHaveLength(2);
  expect(await readdir(join(runDir, "models"))).toEqual(["dense", "warmup"]);
});

test.each<[name: string, field: string, change: (recipe: Recipe) => Recipe]>([
  ["another seed", "seed", (wanted) => ({ ...wanted, seed: 9 })],
  ["fewer steps", "stages.0.steps", () => shortRecipe(1)],
  [
    "another learning rate beside more steps",
    "stages.0.steps",
    () => ({ ...recipe, stages: [{ ...shortRecipe(5).stages[0]!, learningRate: 1 }] }),
  ],
])("%s is no extension", async (name, field, change) => {
  const runDir = await copyOfRun(name);
  await expect(goOn(runDir, change(recipe), { extend: true })).rejects.toMatchObject({
    code: "invalid_run",
    message: expect.stringContaining(`another recipe (${field} differs)`),
  });
});
