import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initializeParameters, type PackedBatch, parseConfig } from "@cachalot/model";
import { type Device, defaultDevice } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDataset } from "../data/index.js";
import { train } from "../run/train.js";
import { type DataStageFields, objectivesOfParts } from "../stages/data-stage.js";
import { dense } from "../stages/dense.js";
import { sparse } from "../stages/sparse.js";
import { warmup } from "../stages/warmup.js";
import { silent, tinyRecipe, writeTinyData } from "../testing/tiny-run.js";
import { GradientSum } from "./gradient-sum.js";
import { TrainableNetwork } from "./network.js";
import { accumulateGradients } from "./step.js";

let dir: string;
let device: Device & { pool?: { liveBuffers: number } };
let batch: PackedBatch;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-accumulate-"));
  device = defaultDevice() as typeof device;
  await writeTinyData(join(dir, "data"));
  const dataset = await openDataset(join(dir, "data"));
  batch = dataset.batch({ parts: { text: 1 }, batch: 4, seq: 48, seed: 1, step: 0 });
  // Rows with few targets weigh less than those with many.
  batch.targets.fill(-100, 0, 40);
});
afterAll(() => rm(dir, { recursive: true }));

/** Losses, loads and gradients of the batch, by name. */
function measure(kind: string, accumulate: number) {
  const stage = [dense, warmup, sparse].find((one) => one.kind === kind) as typeof dense;
  const options = { ...(fieldsOf(kind) as Parameters<typeof dense.objective>[3]), accumulate };
  const { model, seed } = tinyRecipe(join(dir, "data"));
  const config = parseConfig({ ...model, num_nextn_predict_layers: 1 }, "the test's model");
  const network = new TrainableNetwork(config, device, initializeParameters(config, device, seed));
  const sum = new GradientSum(device);
  try {
    network.unfreeze((parameter) => stage.trains(parameter, options));
    const { losses, loads } = accumulateGradients(network, objectivesOfParts(stage, network, batch, options), sum);
    const gradients = new Map<string, number[]>();
    for (const [name, parameter] of network.parameters) {
      const gradient = sum.gradients.get(parameter);
      if (gradient) gradients.set(name, [...gradient.data]);
    }
    return { losses, loads, gradients };
  } finally {
    sum.dispose();
    network.dispose();
  }
}

const fieldsOf = (kind: string) => tinyRecipe("nowhere").stages.find((one) => one.kind === kind) as DataStageFields;

test.each(["dense", "warmup", "sparse"])(
  "a %s step taken in parts has the losses and gradients of the whole",
  (stage) => {
    const live = device.pool?.liveBuffers;
    const whole = measure(stage, 1);
    expect(whole.gradients.size).toBeGreaterThan(2);
    for (const accumulate of [2, 4]) {
      const parts = measure(stage, accumulate);
      expect(parts.loads).toEqual(whole.loads);
      expect(Object.keys(parts.losses)).toEqual(Object.keys(whole.losses));
      for (const [name, loss] of Object.entries(whole.losses)) expect(parts.losses[name], name).toBeCloseTo(loss, 5);
      expect([...parts.gradients.keys()].sort()).toEqual([...whole.gradients.keys()].sort());
      for (const [name, gradient] of whole.gradients) {
        const other = parts.gradients.get(name)!;
        const norm = Math.hypot(...gradient);
        const apart = Math.hypot(...gradient.map((value, i) => value - other[i]!));
        expect(apart, name).toBeLessThan(1e-5 * norm + 1e-9);
      }
    }
    expect(device.pool?.liveBuffers).toBe(live);
  },
);

test("accumulate must divide the rows of a step", async () => {
  const recipe = tinyRecipe(join(dir, "data"));
  Object.assign(recipe.stages[1]!, { accumulate: 3 });
  await expect(train(recipe, { runDir: join(dir, "run"), device, progress: silent })).rejects.toMatchObject({
    code: "invalid_recipe",
    message: expect.stringMatching(/stages\.1 \(warmup\): 2 rows cannot be taken in 3 equal passes/),
  });
});
