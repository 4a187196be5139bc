import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel, readConfig } from "@cachalot/model";
import { defaultDevice, type Tensor } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseMetrics } from "../report/load-metrics.js";
import { silent, tinyRecipe, writeTinyData } from "../testing/tiny-run.js";
import { train } from "./train.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-mtp-"));
  await writeTinyData(join(dir, "data"));
});
afterAll(() => rm(dir, { recursive: true }));

async function evaluationsOf(run: string) {
  const { records } = parseMetrics(await readFile(join(run, "metrics.jsonl"), "utf8"));
  return records.filter(({ kind }) => kind === "evaluation");
}

test("a model with the layer learns the token after the next, too; drafts of the trained model are mostly right", async () => {
  const recipe = tinyRecipe(join(dir, "data"), 24);
  const run = join(dir, "run");
  const [dense, warmup, sparse] = recipe.stages;
  const model = { ...recipe.model, num_nextn_predict_layers: 1 };
  await train({ ...recipe, model, stages: [dense!, warmup!, sparse!] }, { runDir: run, progress: silent });
  const evaluations = await evaluationsOf(run);
  const losses = (stage: string) => evaluations.filter((record) => record.stage === stage).map((e) => e.mtpLoss!);
  expect(losses("dense").at(-1)).toBeLessThan(0.6 * losses("dense")[0]!);
  // Only indexers train in warm-up: nothing else moves, the router's bias included.
  expect(losses("warmup").at(-1)).toBe(losses("dense").at(-1));
  expect(losses("sparse").at(-1)).toBeLessThan(losses("dense").at(-1)!);
  // An indexer of its own: one more share of the attention's mass.
  expect(evaluations.find(({ stage }) => stage === "warmup")!.recall).toHaveLength(3);

  const trained = await loadModel(join(run, "models", "sparse"));
  const tokens = Int32Array.from({ length: 30 }, (_, i) => 3 + ((2 * i) % 50));
  const cache = trained.createCache();
  const all = tokens.length - 1;
  const read = [{ cache, tokens: tokens.subarray(0, all), scored: all }];
  const { logits, hidden } = trained.forwardOnDevice(read, { hidden: true });
  const drafted = trained.draft([{ cache, past: 0, row: 0, next: tokens.subarray(1), scored: all }], hidden!);
  const best = (rows: Tensor | undefined, t: number) => {
    const row = (rows!.data as Float32Array).subarray(t * 64, (t + 1) * 64);
    return row.indexOf(Math.max(...row));
  };
  // What the layer says behind token t, the model says behind token t+1.
  let right = 0;
  for (let t = 5; t < all - 1; t++) right += Number(best(drafted, t) === best(logits, t + 1));
  expect(right / (all - 6)).toBeGreaterThan(0.5);
  trained.dispose();
});

test("a checkpoint without the layer is given one", async () => {
  const recipe = tinyRecipe(join(dir, "data"), 2);
  const [stage] = recipe.stages;
  const [plain, grown] = [join(dir, "plain"), join(dir, "grown")];
  await train({ ...recipe, stages: [stage!] }, { runDir: plain, progress: silent });
  expect((await evaluationsOf(plain)).some(({ mtpLoss }) => mtpLoss !== undefined)).toBe(false);
  const model = { ...recipe.model, num_nextn_predict_layers: 1 };
  const init = join(plain, "models", "dense");
  await train(
    { ...recipe, model, init, stages: [stage!] },
    { runDir: grown, progress: silent, device: defaultDevice() },
  );
  const [first] = await evaluationsOf(grown);
  expect(first!.lmLoss!).toBeCloseTo((await evaluationsOf(plain)).at(-1)!.lmLoss!, 4);
  expect((await readConfig(join(grown, "models", "dense"))).numNextnPredictLayers).toBe(1);
});
