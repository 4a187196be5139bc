import { type AttentionMode, CausalLM, parameterSpecs, parseConfig } from "@cachalot/model";
import { Context, defaultDevice, Random, type Tensor } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyRecipe } from "../testing/tiny-run.js";
import { TrainableNetwork } from "../trainer/network.js";
import { languageModelObjective } from "./language-model.js";

const config = parseConfig({ ...tinyRecipe("none").model, num_nextn_predict_layers: 1 });
const device = defaultDevice();
const tokens = Int32Array.from({ length: 41 }, (_, i) => (i * 17 + 3) % config.vocabSize);
const length = tokens.length - 1;

/** Parameters large enough that logits differ. */
function parameters(): Map<string, Tensor> {
  const random = new Random(1);
  return new Map(
    parameterSpecs(config).map(({ name, shape, kind }) => {
      const size = shape.reduce((product, dim) => product * dim, 1);
      const values = Float32Array.from({ length: size }, () => random.normal() * 0.2 + (kind === "norm" ? 1 : 0));
      return [name, device.from("f32", shape, values)];
    }),
  );
}

let model: CausalLM;
beforeAll(() => {
  model = new CausalLM(config, device, parameters());
});
afterAll(() => model.dispose());

/** Logits of the token after the next at every position, as drafting computes them. */
function draftLogits(attention: AttentionMode): Float32Array {
  const cache = model.createCache();
  const read = [{ cache, tokens: tokens.subarray(0, length), scored: 0 }];
  const { hidden } = model.forwardOnDevice(read, { attention, hidden: true });
  const input = { cache, past: 0, row: 0, next: tokens.subarray(1, length + 1), scored: length };
  const logits = model.draft([input], hidden!, { attention })!;
  const values = logits.data.slice() as Float32Array;
  for (const used of [cache, hidden!, logits]) used.dispose();
  return values;
}

const asBatch = { batch: 1, seq: length, inputs: tokens.subarray(0, length), targets: tokens.subarray(1) };

function objective(parameters: ReadonlyMap<string, Tensor>, ctx: Context, mtpWeight: number, attention: AttentionMode) {
  const network = new TrainableNetwork(config, device, parameters);
  const { total, losses } = languageModelObjective(ctx, network, asBatch, { attention, mtpWeight });
  return { total, lmLoss: losses.lmLoss[0]!, mtpLoss: losses.mtpLoss?.[0] };
}

test.each(["dense", "sparse"] as const)("training computes the loss of what drafting computes, %s", (attention) => {
  const ctx = new Context(device);
  const { lmLoss, mtpLoss, total } = objective(model.parameters, ctx, 0.3, attention);
  expect(total.data[0]).toBeCloseTo(lmLoss.data[0]! + 0.3 * mtpLoss!.data[0]!, 5);
  const drafted = draftLogits(attention);
  let sum = 0;
  for (let t = 0; t < length - 1; t++) {
    const row = Float64Array.from(drafted.subarray(t * config.vocabSize, (t + 1) * config.vocabSize));
    sum += Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0)) - row[tokens[t + 2]!]!;
  }
  expect(mtpLoss!.data[0]).toBeCloseTo(sum / (length - 1), 4);
  expect(objective(model.parameters, ctx, 0, attention).mtpLoss).toBeUndefined();
  ctx.dispose();
});

test("the loss's gradients reach the layer and the model below it as finite differences say", () => {
  const lossOf = (parameters: ReadonlyMap<string, Tensor>) => {
    const ctx = new Context(device);
    const loss = objective(parameters, ctx, 1, "dense").mtpLoss!.data[0]!;
    ctx.dispose();
    return loss;
  };
  const prefix = `model.layers.${config.numHiddenLayers}.`;
  const names = ["eh_proj", "enorm", "hnorm", "shared_head.norm", "self_attn.o_proj"].map(
    (name) => `${prefix}${name}.weight`,
  );
  for (const name of [
    ...names,
    "model.embed_tokens.weight",
    "model.norm.weight",
    "model.layers.0.mlp.down_proj.weight",
  ]) {
    const tensor = model.parameters.get(name)!;
    tensor.requiresGrad = true;
    const ctx = new Context(device, { recording: true });
    const gradients = ctx.backward(objective(model.parameters, ctx, 1, "dense").mtpLoss!);
    const gradient = gradients.get(tensor)!.data.slice() as Float32Array;
    ctx.dispose();
    tensor.requiresGrad = false;
    const before = tensor.data.slice() as Float32Array;
    const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
    const step = 0.002;
    const moved = (sign: number) => {
      for (let i = 0; i < before.length; i++) tensor.data[i] = before[i]! + (sign * step * gradient[i]!) / norm;
      return lossOf(model.parameters);
    };
    const slope = (moved(1) - moved(-1)) / (2 * step);
    tensor.data.set(before);
    expect(slope / norm, name).toBeCloseTo(1, 1);
  }
});
