import { fileURLToPath } from "node:url";
import { loadParameters, type MlaForm, type PackedBatch, readConfig, relativeNormError } from "@cachalot/model";
import { Context, createDevice, type Device } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TrainableNetwork } from "../trainer/network.js";
import { denseIndexerKl } from "./dense-indexer-kl.js";
import { languageModelObjective } from "./language-model.js";

const golden = fileURLToPath(new URL("../../../../test/golden/model/plain", import.meta.url));
const device = createDevice("reference") as Device & { pool: { liveBuffers: number } };
let network: TrainableNetwork;
beforeAll(async () => {
  const config = await readConfig(golden);
  network = new TrainableNetwork(config, device, await loadParameters(golden, config, device));
  network.unfreeze(({ indexer }) => indexer);
});
afterAll(() => network.dispose());

const S = 24;
/** Two rows, of which one holds two documents. */
const batch: PackedBatch = {
  batch: 2,
  seq: S,
  inputs: Int32Array.from({ length: 2 * S }, (_, i) => (i * 37) % 160),
  targets: Int32Array.from({ length: 2 * S }, (_, i) => (i * 37 + 11) % 160),
  positions: Int32Array.from({ length: 2 * S }, (_, i) => (i < 10 || i >= S ? i % S : i - 10)),
  documentStart: Int32Array.from({ length: 2 * S }, (_, i) => (i < 10 || i >= S ? 0 : 10)),
};

function warmUp(pairs: number | undefined, form: MlaForm) {
  const ctx = new Context(device, { recording: true });
  try {
    const objective = languageModelObjective(ctx, network, batch, {
      attention: "dense",
      mtpWeight: 0,
      form,
      indexerLoss: (inner, layer) => denseIndexerKl(inner, network.config, layer, pairs),
    });
    const losses = objective.losses.indexerLoss!.map(({ data }) => data[0]!);
    const gradients = ctx.backward(objective.total);
    return {
      losses,
      gradients: new Map([...gradients].map(([tensor, { data }]) => [tensor, Float32Array.from(data)])),
    };
  } finally {
    ctx.dispose();
  }
}

test.each(["mha", "mqa"] as const)(
  "a warm-up a few queries at a time has the loss and gradients of one (%s)",
  (form) => {
    const whole = warmUp(undefined, form);
    expect(whole.gradients.size).toBeGreaterThan(0);
    const live = device.pool.liveBuffers;
    for (const queries of [1, 7, S - 1]) {
      const parts = warmUp(queries * 2 * S, form);
      parts.losses.forEach((loss, i) => {
        expect(loss).toBeCloseTo(whole.losses[i]!, 5);
      });
      expect([...parts.gradients.keys()]).toEqual(expect.arrayContaining([...whole.gradients.keys()]));
      for (const [tensor, gradient] of whole.gradients) {
        expect(relativeNormError(parts.gradients.get(tensor)!, gradient)).toBeLessThan(1e-4);
      }
    }
    expect(device.pool.liveBuffers).toBe(live);
  },
);
