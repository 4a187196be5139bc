import { Context, defaultDevice, type Tensor, weightedSum } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { largestDifference } from "../parity/compare.js";
import { golden } from "../testing/golden.js";
import type { CausalLM } from "./causal-lm.js";
import { outputHead } from "./decoder-layer.js";
import { loadModel } from "./load.js";
import { packedForward } from "./packed-forward.js";
import type { Routing } from "./routing.js";
import type { Selection } from "./selection.js";

let model: CausalLM;
beforeAll(async () => {
  model = await loadModel(golden("plain"), { device: defaultDevice() });
});
afterAll(() => model.dispose());

const lengths = [9, 40, 25];
const prompts = lengths.map((length, i) => Int32Array.from({ length }, (_, t) => (t * 31 + 7 * i + 3) % 160));

/** Rows of every layer as they are recorded, one after another. */
class Recorder {
  readonly rows = new Map<number, number[][]>();
  add(layer: number, matrix: Tensor, rows?: readonly number[]): void {
    const width = matrix.shape[1]!;
    const kept = this.rows.get(layer) ?? [];
    for (let i = 0; i < matrix.shape[0]!; i++)
      kept[rows?.[i] ?? kept.length] = [...matrix.data.subarray(i * width, (i + 1) * width)];
    this.rows.set(layer, kept);
  }
}

function inference(options: { routing?: Routing; selection?: Selection }): Float32Array {
  const caches = prompts.map(() => model.createCache());
  const inputs = prompts.map((tokens, i) => ({ cache: caches[i]!, tokens }));
  const logits = model.forward(inputs, { ...options, logits: "all" });
  for (const cache of caches) cache.dispose();
  return logits;
}

/** One prompt as the trainer reads it. */
function packed(ctx: Context, inputs: Int32Array, options: { routing?: Routing; selection?: Selection } = {}): Tensor {
  const batch = { batch: 1, seq: inputs.length, inputs };
  return outputHead(ctx, model, packedForward(ctx, model, batch, { attention: "sparse", ...options }).hidden);
}

test("inference and training record the same experts and selections, row by row", () => {
  const engine = { routing: new Recorder(), selection: new Recorder() };
  inference({
    routing: { record: (layer, experts) => engine.routing.add(layer, experts) },
    selection: { record: (layer, indices, rows) => engine.selection.add(layer, indices, rows) },
  });
  let start = 0;
  for (const tokens of prompts) {
    const trainer = { routing: new Recorder(), selection: new Recorder() };
    const ctx = new Context(model.device);
    packed(ctx, tokens, {
      routing: { record: (layer, experts) => trainer.routing.add(layer, experts) },
      selection: { record: (layer, indices, rows) => trainer.selection.add(layer, indices, rows) },
    });
    ctx.dispose();
    expect(trainer.routing.rows.size).toBe(model.config.numHiddenLayers - model.config.firstKDenseReplace);
    for (const [layer, rows] of trainer.routing.rows)
      expect(engine.routing.rows.get(layer)!.slice(start, start + tokens.length)).toEqual(rows);
    expect(trainer.selection.rows.size).toBe(model.config.numHiddenLayers);
    for (const [layer, rows] of trainer.selection.rows)
      expect(engine.selection.rows.get(layer)!.slice(start, start + tokens.length)).toEqual(rows);
    start += tokens.length;
  }
});

test("what was recorded gives the same logits when it is replayed, and another choice gives others", () => {
  const routes = new Map<number, Tensor>();
  const selections = new Map<number, Tensor>();
  const ctx = new Context(model.device);
  const copy = (tensor: Tensor) => ctx.from("i32", tensor.shape, tensor.data.slice() as Int32Array);
  const tokens = prompts[1]!;
  const logits = packed(ctx, tokens, {
    routing: { record: (layer, experts) => void routes.set(layer, copy(experts)) },
    selection: { record: (layer, indices) => void selections.set(layer, copy(indices)) },
  });
  const replay = {
    routing: { replay: (layer: number) => routes.get(layer) },
    selection: { replay: (layer: number) => selections.get(layer) },
  };
  expect(packed(ctx, tokens, replay).data).toEqual(logits.data);
  const alone = (options: typeof replay) => {
    const cache = model.createCache();
    const result = model.prefill(tokens, cache, { ...options, logits: "all" });
    cache.dispose();
    return result;
  };
  expect(largestDifference(alone(replay), logits.data)).toBeLessThan(1e-4);
  for (const { data } of routes.values()) data.set(data.map((expert) => (expert + 3) % 8));
  const others = packed(ctx, tokens, { routing: replay.routing });
  expect(largestDifference(others.data, logits.data)).toBeGreaterThan(1e-3);
  expect(largestDifference(alone({ ...replay, selection: { replay: () => undefined } }), others.data)).toBeLessThan(
    1e-4,
  );
  for (const { data } of selections.values()) data.set(data.map((_, i) => (i % 12 === 0 ? 0 : -1)));
  expect(largestDifference(packed(ctx, tokens, { selection: replay.selection }).data, logits.data)).toBeGreaterThan(
    1e-3,
  );
  expect(largestDifference(alone({ ...replay, routing: { replay: () => undefined } }), logits.data)).toBeGreaterThan(
    1e-3,
  );
  ctx.dispose();
});

test("gradients reach the router through replayed experts, as finite differences say", () => {
  const tokens = prompts[0]!;
  const { topK, X } = { topK: model.config.numExpertsPerTok, X: model.config.nRoutedExperts };
  const gate = model.parameters.get(`model.layers.${model.config.firstKDenseReplace}.mlp.gate.weight`)!;
  const run = (ctx: Context) => {
    const chosen = Int32Array.from({ length: tokens.length * topK }, (_, i) => (i * 3) % X);
    const experts = ctx.from("i32", [tokens.length, topK], chosen);
    const logits = packed(ctx, tokens, { routing: { replay: () => experts } });
    const weights = Float32Array.from({ length: logits.size }, (_, i) => Math.sin(i) / 10);
    return weightedSum(ctx, ctx.reshape(logits, [logits.size]), ctx.from("f32", [logits.size], weights));
  };
  const value = () => {
    const ctx = new Context(model.device);
    const loss = run(ctx).data[0]!;
    ctx.dispose();
    return loss;
  };
  gate.requiresGrad = true;
  const ctx = new Context(model.device, { recording: true });
  const gradient = ctx.backward(run(ctx)).get(gate)!.data.slice() as Float32Array;
  ctx.dispose();
  gate.requiresGrad = false;
  const before = gate.data.slice() as Float32Array;
  const norm = Math.sqrt(gradient.reduce((sum, entry) => sum + entry * entry, 0));
  expect(norm).toBeGreaterThan(0);
  const moved = (step: number) => {
    for (let i = 0; i < before.length; i++) gate.data[i] = before[i]! + (step * gradient[i]!) / norm;
    return value();
  };
  const slope = (moved(0.02) - moved(-0.02)) / 0.04;
  gate.data.set(before);
  expect(slope / norm).toBeCloseTo(1, 1);
});
