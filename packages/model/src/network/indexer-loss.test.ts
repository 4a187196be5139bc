import { Context, createDevice, type Device } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { relativeNormError } from "../parity/compare.js";
import { golden } from "../testing/golden.js";
import type { CausalLM } from "./causal-lm.js";
import { loadModel } from "./load.js";
import { RopeCache } from "./rope.js";
import { type TrainingBatch, trainingForward } from "./training-forward.js";
import { bindWeights, parameterSpecs } from "./weights.js";

let model: CausalLM;
const device = createDevice("reference") as Device & { pool: { liveBuffers: number } };
beforeAll(async () => {
  model = await loadModel(golden("plain"), { device });
  for (const { name, indexer } of parameterSpecs(model.config)) model.parameters.get(name)!.requiresGrad = indexer;
});
afterAll(() => model.dispose());

const S = 24;
/** Two rows, of which one holds two documents. */
const batch: TrainingBatch = {
  batch: 2,
  seq: S,
  inputs: Int32Array.from({ length: 2 * S }, (_, i) => (i * 37) % 160),
  targets: Int32Array.from({ length: 2 * S }, (_, i) => (i * 37 + 11) % 160),
  positions: Int32Array.from({ length: 2 * S }, (_, i) => (i < 10 || i >= S ? i % S : i - 10)),
  documentStart: Int32Array.from({ length: 2 * S }, (_, i) => (i < 10 || i >= S ? 0 : 10)),
};

function warmup(indexerLossPairs: number | undefined, form: "mha" | "mqa") {
  const ctx = new Context(device, { recording: true });
  try {
    const weights = bindWeights(model.config, (name) => model.parameters.get(name)!);
    const forward = trainingForward(ctx, model.config, weights, new RopeCache(model.config), batch, {
      attention: "dense",
      indexerLoss: true,
      form,
      ...(indexerLossPairs ? { indexerLossPairs } : {}),
    });
    const losses = forward.indexerLosses.map(({ data }) => data[0]!);
    const gradients = ctx.backward(forward.total);
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
    const whole = warmup(undefined, form);
    expect(whole.gradients.size).toBeGreaterThan(0);
    const live = device.pool.liveBuffers;
    for (const queries of [1, 7, S - 1]) {
      const parts = warmup(queries * 2 * S, form);
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
