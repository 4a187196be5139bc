import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadParameters, openCheckpoint, readConfig, saveModel } from "@cachalot/model";
import { createDevice, type Device, defaultDevice } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silent, tinyRecipe, writeTinyData } from "../testing/tiny-run.js";
import type { MetricRecord } from "./metric-record.js";
import { train } from "./train.js";

let dir: string;
let device: Device & { pool?: { liveBuffers: number } };
let whole: MetricRecord[];

/** Metrics without what depends on the machine. */
async function metricsOf(run: string): Promise<MetricRecord[]> {
  const lines = (await readFile(join(run, "metrics.jsonl"), "utf8")).trim().split("\n");
  return lines.map((line) => {
    const { tokensPerSecond, ...record } = JSON.parse(line) as MetricRecord;
    return record;
  });
}

async function parametersOf(model: string): Promise<Map<string, string>> {
  const checkpoint = await openCheckpoint(model);
  const values = new Map<string, string>();
  for (const name of checkpoint.names())
    values.set(name, Buffer.from((await checkpoint.readF32(name)).buffer).toString("base64"));
  await checkpoint.close();
  return values;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-train-"));
  device = defaultDevice() as typeof device;
  await writeTinyData(join(dir, "data"));
  const live = device.pool?.liveBuffers;
  await train(tinyRecipe(join(dir, "data")), { runDir: join(dir, "whole"), device, progress: silent });
  expect(device.pool?.liveBuffers).toBe(live);
  whole = await metricsOf(join(dir, "whole"));
});
afterAll(() => rm(dir, { recursive: true }));

const evaluations = (stage: string) => whole.filter((record) => record.kind === "evaluation" && record.stage === stage);

test("every stage does its work: the loss falls, then the indexer's KL, and sparse goes on where dense stopped", () => {
  const [dense, warmup, sparse] = ["dense", "warmup", "sparse"].map(evaluations);
  expect(dense!.at(-1)!.lmLoss!).toBeLessThan(0.8 * dense![0]!.lmLoss!);
  expect(warmup!.at(-1)!.indexerLoss).toBeLessThan(0.8 * warmup![0]!.indexerLoss!);
  expect(warmup!.at(-1)!.lmLoss).toBe(dense!.at(-1)!.lmLoss);
  expect(sparse!.at(-1)!.lmLoss!).toBeLessThan(dense!.at(-1)!.lmLoss!);
  for (const recall of warmup!.at(-1)!.recall!) expect(recall).toBeGreaterThan(0.5);
  expect(evaluations("dense-control")[0]!.tokens).toBe(sparse![0]!.tokens);
});

test("each stage changes the parameters it should, and no others", async () => {
  const models = join(dir, "whole", "models");
  const [dense, warmup, sparse, control] = await Promise.all(
    ["dense", "warmup", "sparse", "dense-control"].map((stage) => parametersOf(join(models, stage))),
  );
  const changed = (a: Map<string, string>, b: Map<string, string>) =>
    [...a.keys()].filter((name) => a.get(name) !== b.get(name));
  const isIndexer = (name: string) => name.includes(".indexer.");
  expect(changed(dense!, warmup!).every(isIndexer)).toBe(true);
  expect(changed(dense!, warmup!)).toHaveLength([...dense!.keys()].filter(isIndexer).length);
  expect(changed(warmup!, control!).some(isIndexer)).toBe(false);
  expect(changed(warmup!, sparse!)).toHaveLength(sparse!.size);
});

test("a run stopped again and again ends with the same metrics and weights", async () => {
  const run = join(dir, "stopped");
  const recipe = tinyRecipe(join(dir, "data"));
  let sessions = 0;
  for (let complete = false; !complete; sessions++) {
    const abort = new AbortController();
    let steps = 0;
    const progress = { ...silent, update: () => void (++steps === 5 + sessions && abort.abort()) };
    ({ complete } = await train(recipe, { runDir: run, device, progress, signal: abort.signal }));
  }
  expect(sessions).toBeGreaterThan(4);
  expect(await metricsOf(run)).toEqual(whole);
  expect(await parametersOf(join(run, "models", "sparse"))).toEqual(
    await parametersOf(join(dir, "whole", "models", "sparse")),
  );
});

test("the reference device makes the same losses", async () => {
  const run = join(dir, "reference");
  await train(tinyRecipe(join(dir, "data"), 1), { runDir: run, device: createDevice("reference"), progress: silent });
  const own = join(dir, "own");
  await train(tinyRecipe(join(dir, "data"), 1), { runDir: own, device, progress: silent });
  const expected = await metricsOf(own);
  (await metricsOf(run)).forEach((record, i) => {
    expect(record.lmLoss!).toBeCloseTo(expected[i]!.lmLoss!, 3);
  });
});

test("a checkpoint without an indexer is given one, which warm-up trains", async () => {
  const trained = join(dir, "whole", "models", "dense");
  const config = await readConfig(trained);
  const parameters = await loadParameters(trained, config, device);
  const { indexer, ...dense } = config;
  await saveModel(join(dir, "v31"), dense, parameters, { dtype: "f32" });
  for (const tensor of parameters.values()) tensor.dispose();
  const recipe = tinyRecipe(join(dir, "data"));
  const [, warmup] = recipe.stages;
  const run = join(dir, "from-v31");
  await train(
    { ...recipe, init: join(dir, "v31"), stages: [{ ...warmup!, from: undefined }] },
    { runDir: run, device, progress: silent },
  );
  const evaluated = (await metricsOf(run)).filter(({ kind }) => kind === "evaluation");
  expect(evaluated[0]!.lmLoss!).toBeCloseTo(evaluations("dense").at(-1)!.lmLoss!, 5);
  expect(evaluated.at(-1)!.indexerLoss).toBeLessThan(0.8 * evaluated[0]!.indexerLoss!);
});

test("a directory made by another recipe is refused", async () => {
  const recipe = { ...tinyRecipe(join(dir, "data")), seed: 4 };
  await expect(train(recipe, { runDir: join(dir, "whole"), device, progress: silent })).rejects.toMatchObject({
    code: "invalid_run",
  });
});
