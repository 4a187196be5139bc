import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultDevice, type Tensor } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCheckpoint, writeSafetensors } from "../checkpoint/index.js";
import { withoutMtp } from "../config/index.js";
import { largestDifference } from "../parity/compare.js";
import { tinyMtpConfig as config, tinyParameters } from "../testing/tiny-mtp.js";
import { CausalLM, type SequenceInput } from "./causal-lm.js";
import { initializeParameters } from "./initialize.js";
import { checkpointConfig, loadModel } from "./load.js";
import type { AttentionMode } from "./mla.js";
import { saveModel } from "./save.js";

const TOLERANCE = 1e-4;
const E = config.hiddenSize;
const device = defaultDevice();
const dir = mkdtempSync(join(tmpdir(), "mtp-test-"));
const tokens = Int32Array.from({ length: 41 }, (_, i) => (i * 17 + 3) % config.vocabSize);
const length = tokens.length - 1;

let model: CausalLM;
beforeAll(() => {
  model = new CausalLM(config, device, tinyParameters(config, device, 1));
});
afterAll(() => {
  model.dispose();
  rmSync(dir, { recursive: true });
});

function forwardWithHidden(
  network: CausalLM,
  inputs: readonly SequenceInput[],
  options: { attention?: AttentionMode } = {},
) {
  const { logits, hidden } = network.forwardOnDevice(inputs, { ...options, hidden: true });
  return { logits: toHost(logits), hidden: hidden! };
}

/** Reads a tensor and gives its memory back. */
function toHost(tensor: Tensor | undefined): Float32Array {
  const values = tensor!.data.slice() as Float32Array;
  tensor!.dispose();
  return values;
}

/** Logits of the token after the next at every position, the prompt read in chunks of these sizes. */
function draftLogits(
  network: CausalLM,
  sizes: readonly number[],
  options: { attention?: AttentionMode } = {},
): Float32Array {
  const cache = network.createCache();
  const parts: Float32Array[] = [];
  for (const size of [...sizes, length]) {
    const past = cache.length;
    const end = Math.min(past + size, length);
    if (past === end) break;
    const { hidden } = forwardWithHidden(network, [{ cache, tokens: tokens.subarray(past, end) }], options);
    const next = tokens.subarray(past + 1, end + 1);
    parts.push(toHost(network.draft([{ cache, past, row: 0, next, scored: end - past }], hidden, options)));
    hidden.dispose();
  }
  cache.dispose();
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function rmsNormed(x: Float32Array, weight: ArrayLike<number>): number[] {
  const scale = 1 / Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length + config.rmsNormEps);
  return Array.from(x, (value, i) => value * scale * weight[i]!);
}

test("it is one decoder layer over a projection of the next token's embedding and the model's state", () => {
  const cache = model.createCache();
  const hidden = toHost(forwardWithHidden(model, [{ cache, tokens: tokens.subarray(0, length) }]).hidden);
  cache.dispose();
  const layer = `model.layers.${config.numHiddenLayers}.`;
  const weight = (name: string) => model.parameters.get(name)!.data as Float32Array;
  const projection = weight(`${layer}eh_proj.weight`);
  const inputs = new Float32Array(length * E);
  for (let t = 0; t < length; t++) {
    const next = tokens[t + 1]!;
    const embedding = weight("model.embed_tokens.weight").subarray(next * E, (next + 1) * E);
    const joined = [
      ...rmsNormed(embedding, weight(`${layer}enorm.weight`)),
      ...rmsNormed(hidden.subarray(t * E, (t + 1) * E), weight(`${layer}hnorm.weight`)),
    ];
    for (let e = 0; e < E; e++)
      inputs[t * E + e] = joined.reduce((sum, value, i) => sum + value * projection[e * 2 * E + i]!, 0);
  }
  // A model of that layer alone, whose embedding table holds the projected rows.
  const single = { ...withoutMtp(config), numHiddenLayers: 1, firstKDenseReplace: 0, vocabSize: length };
  const parameters = new Map([
    ["model.embed_tokens.weight", device.from("f32", [length, E], inputs)],
    ["model.norm.weight", device.from("f32", [E], weight(`${layer}shared_head.norm.weight`).slice())],
    ["lm_head.weight", device.from("f32", [config.vocabSize, E], weight("lm_head.weight").slice())],
  ]);
  for (const [name, { shape, data }] of model.parameters)
    if (name.startsWith(layer))
      parameters.set(name.replace(layer, "model.layers.0."), device.from("f32", shape, (data as Float32Array).slice()));
  const alone = new CausalLM(single, device, parameters);
  const rows = Int32Array.from({ length }, (_, t) => t);
  const expected = alone.prefill(rows, alone.createCache(), { logits: "all" });
  alone.dispose();
  expect(largestDifference(draftLogits(model, []), expected)).toBeLessThan(TOLERANCE);
});

test("chunks of any size give what one pass gives, and the main logits stay what they were", () => {
  const whole = draftLogits(model, []);
  for (const sizes of [Array(length).fill(1), [7, 16, 1, 2], [16, 16], [33]])
    expect(largestDifference(draftLogits(model, sizes), whole)).toBeLessThan(TOLERANCE);
  const [a, b] = [model.createCache(), model.createCache()];
  const { logits, hidden } = forwardWithHidden(model, [{ cache: a, tokens, scored: 3 }]);
  hidden.dispose();
  const all = model.prefill(tokens, b, { logits: "all" });
  expect(largestDifference(logits, all.subarray(all.length - 3 * config.vocabSize))).toBeLessThan(TOLERANCE);
  for (const cache of [a, b]) cache.dispose();
});

test("sequences drafted together get what they get alone; hidden states come in the order of the inputs", () => {
  const lengths = [3, 30, 1];
  const run = (chosen: readonly number[]) => {
    const caches = chosen.map(() => model.createCache());
    const inputs = chosen.map((n, i) => ({ cache: caches[i]!, tokens: tokens.subarray(0, n) }));
    const { hidden } = forwardWithHidden(model, inputs);
    let row = 0;
    const drafts = chosen.map((n, i) => {
      row += n;
      return { cache: caches[i]!, past: 0, row: row - n, next: tokens.subarray(1, n + 1) };
    });
    const drafted = toHost(model.draft(drafts, hidden));
    hidden.dispose();
    for (const cache of caches) cache.dispose();
    return drafted;
  };
  const alone = Float32Array.from(lengths.flatMap((n) => [...run([n])]));
  expect(largestDifference(run(lengths), alone)).toBeLessThan(TOLERANCE);
});

test("a checkpoint with the layer is read back; without its tensors, or told so, the rest is", async () => {
  const at = join(dir, "whole");
  await saveModel(at, config, model.parameters, { dtype: "f32" });
  const checkpoint = await openCheckpoint(at);
  const layer = `model.layers.${config.numHiddenLayers}.`;
  const names = checkpoint.names();
  expect(names).toEqual(
    expect.arrayContaining(["eh_proj", "embed_tokens", "shared_head.head"].map((name) => `${layer}${name}.weight`)),
  );
  const kept = await Promise.all(
    names
      .filter((name) => !name.startsWith(layer))
      .map(async (name) => ({
        name,
        dtype: "f32" as const,
        shape: checkpoint.info(name).shape,
        data: await checkpoint.readF32(name),
      })),
  );
  await checkpoint.close();
  const read = await loadModel(at, { device });
  expect(read.config).toEqual(config);
  expect(draftLogits(read, [])).toEqual(draftLogits(model, []));
  const low = await loadModel(at, { device, dtype: "bf16" });
  const scale = Math.max(...draftLogits(model, []).map(Math.abs));
  expect(
    largestDifference(draftLogits(low, [10]).subarray(0, 40), draftLogits(model, []).subarray(0, 40)),
  ).toBeLessThan(0.1 * scale);
  const told = await loadModel(at, { device, mtp: false });
  expect(told.weights.mtp).toBeUndefined();
  await writeSafetensors(join(at, "model.safetensors"), kept);
  expect(await checkpointConfig(at)).toEqual(withoutMtp(config));
  const dropped = await loadModel(at, { device });
  const plain = (network: CausalLM) => network.prefill(tokens, network.createCache());
  for (const network of [told, dropped]) expect(plain(network)).toEqual(plain(model));
  for (const network of [read, low, told, dropped]) network.dispose();
});

test("a new model's other weights do not depend on the layer", () => {
  const all = initializeParameters(config, device, 3);
  for (const [name, { data }] of initializeParameters(withoutMtp(config), device, 3))
    expect(all.get(name)!.data).toEqual(data);
});
