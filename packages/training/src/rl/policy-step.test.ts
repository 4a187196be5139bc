import { initializeParameters, outputHead, packedForward, parseConfig } from "@cachalot/model";
import { Context, defaultDevice, weightedSum } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AdamW } from "../optimizer/adamw.js";
import { randomSequences } from "../testing/random-sequences.js";
import { tinyRecipe } from "../testing/tiny-run.js";
import { TrainableNetwork } from "../trainer/network.js";
import { v32 } from "./algorithms/v32.js";
import { packRollouts } from "./packed-rollouts.js";
import { policyStep } from "./policy-step.js";
import { sampledCrossEntropy, sampledLogprobs } from "./sampled-logprobs.js";

const config = parseConfig(tinyRecipe("none").model, "tiny");
const sequences = randomSequences(5, config.vocabSize);
const options = {
  ...{ rowTokens: 24, passTokens: 1000, pad: 0 },
  ...{ keepRouting: false, keepSelection: false, keepSamplingMask: true, sharePrompts: false },
};

let network: TrainableNetwork;
beforeAll(() => {
  network = new TrainableNetwork(config, defaultDevice(), initializeParameters(config, defaultDevice(), 3));
  // Larger than at the start of a training, so that logits and selections differ.
  for (const [name, { data }] of network.parameters)
    if (!name.includes("norm")) for (let i = 0; i < data.length; i++) data[i] = data[i]! * 6;
});
afterAll(() => network.dispose());

test("a mini-batch taken in several passes makes the same step", () => {
  const stepped = [1000, 20, 1].map((passTokens) => {
    const parameters = new Map(
      [...network.parameters].map(([name, tensor]) => [name, network.device.from("f32", tensor.shape, tensor.data)]),
    );
    const copy = new TrainableNetwork(config, network.device, parameters);
    const trained = copy.unfreeze(({ indexer }) => !indexer);
    const optimizer = new AdamW(network.device, trained, parameters, {
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-8,
      weightDecay: 0,
      clipNorm: 1,
    });
    const algorithm = v32.withOptions({ beta: 0, sequenceMaskDelta: null });
    const items = sequences.map((sequence) => ({ sequence }));
    const { loss, gradientNorm, logprobs, tokens } = policyStep({ network: copy, optimizer, algorithm }, items, 0.01, {
      ...options,
      passTokens,
    });
    optimizer.dispose();
    copy.dispose();
    return { loss, gradientNorm, logprobs, tokens };
  });
  expect(stepped[0]!.gradientNorm).toBeGreaterThan(1e-3);
  for (const { loss, gradientNorm, logprobs, tokens } of stepped.slice(1)) {
    expect(loss).toBeCloseTo(stepped[0]!.loss, 5);
    expect(gradientNorm / stepped[0]!.gradientNorm).toBeCloseTo(1, 3);
    expect(largestDifference(logprobs, stepped[0]!.logprobs)).toBeLessThan(1e-4);
    expect(tokens).toBe(stepped[0]!.tokens);
  }
});

function largestDifference(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  const others = b.flatMap((row) => [...row]);
  return Math.max(...a.flatMap((row) => [...row]).map((value, i) => Math.abs(value - others[i]!)));
}

test("log-probabilities of packed rollouts are those of each sequence by itself, at its temperature, over its kept sets", () => {
  const packed = sampledLogprobs(network, sequences, options);
  sequences.forEach(({ ids, sampledAt, kept, temperature }, i) => {
    const ctx = new Context(network.device);
    const batch = { batch: 1, seq: ids.length, inputs: ids };
    const { hidden } = packedForward(ctx, network, batch, { attention: "sparse" });
    const logits = outputHead(ctx, network, hidden).data;
    let at = 0;
    sampledAt.forEach((t, j) => {
      const row = Float64Array.from(logits.subarray((t - 1) * config.vocabSize, t * config.vocabSize));
      const count = kept!.counts[j]!;
      const set = count > 0 ? [...kept!.ids.subarray(at, at + count)] : [...row.keys()];
      at += count;
      const total = set.reduce((sum, id) => sum + Math.exp(row[id]! / temperature), 0);
      expect(packed[i]![j]).toBeCloseTo(row[ids[t]!]! / temperature - Math.log(total), 4);
    });
    ctx.dispose();
  });
});

test("answers behind one shared prompt have the same log-probabilities, in fewer tokens", () => {
  const sharing = { ...options, sharePrompts: true, rowTokens: 40 };
  const [plain, shared] = [options, sharing].map((how) => sampledLogprobs(network, sequences, how));
  expect(largestDifference(plain!, shared!)).toBeLessThan(1e-4);
  const tokensOf = (how: typeof options) =>
    packRollouts(sequences, how).layout.segments.reduce((sum, { from, to }) => sum + to - from, 0);
  expect(tokensOf(sharing)).toBe(tokensOf(options) - 2 * 3 - 2 * 8);
});

test.each([false, true])(
  "experts and selection as recorded are replayed to the same numbers (shared prompts: %s)",
  (sharePrompts) => {
    const how = { ...options, sharePrompts, rowTokens: 40, keepRouting: true, keepSelection: true };
    const topK = config.numExpertsPerTok;
    const recorded = sequences.map((sequence) => {
      const length = sequence.ids.length - 1;
      const experts = new Uint8Array(length * topK);
      const selection = new Int32Array(length * config.numHiddenLayers * config.indexer!.topk).fill(-1);
      const ctx = new Context(network.device);
      const batch = { batch: 1, seq: length, inputs: sequence.ids.subarray(0, length) };
      packedForward(ctx, network, batch, {
        attention: "sparse",
        routing: { record: (_, { data }) => experts.set(data) },
        selection: {
          record(layer, { data }) {
            const k = config.indexer!.topk;
            for (let t = 0; t < length; t++)
              selection.set(data.subarray(t * k, (t + 1) * k), (t * config.numHiddenLayers + layer) * k);
          },
        },
      });
      ctx.dispose();
      return {
        ...sequence,
        experts: { data: experts, shape: [length, 1, topK] as [number, number, number] },
        selection: {
          data: selection,
          shape: [length, config.numHiddenLayers, config.indexer!.topk] as [number, number, number],
        },
      };
    });
    const expected = sampledLogprobs(network, sequences, options);
    const replayed = sampledLogprobs(network, recorded, how);
    expect(largestDifference(expected, replayed)).toBeLessThan(1e-4);
    // Other experts than the network's own change them: they are used.
    const others = recorded.map((sequence) => ({
      ...sequence,
      experts: { ...sequence.experts, data: sequence.experts.data.map((_, i) => i % topK) },
    }));
    expect(largestDifference(expected, sampledLogprobs(network, others, how))).toBeGreaterThan(1e-3);
  },
);

test("the gradient through the network is that of the algorithm's loss, as finite differences say", () => {
  const algorithm = v32.withOptions({ beta: 0.1, sequenceMaskDelta: null });
  const references = sampledLogprobs(network, sequences, options).map((row) => row.map((value) => value - 0.3));
  const gradientOf = (logprobs: readonly Float64Array[]) =>
    algorithm.policyGradient(
      sequences.map(({ oldLogprobs, advantage }, i) => ({
        ...{ logprobs: logprobs[i]!, refLogprobs: references[i]!, advantage },
        oldLogprobs: oldLogprobs.map((_, t) => references[i]![t]! + 0.25 + 0.01 * t),
      })),
    );
  const lossOf = () => gradientOf(sampledLogprobs(network, sequences, options)).loss;
  network.unfreeze(({ indexer }) => !indexer);
  const ctx = new Context(network.device, { recording: true });
  const packed = packRollouts(sequences, options);
  const losses = sampledCrossEntropy(ctx, network, packed, sequences, options);
  const { gradients } = gradientOf(sampledLogprobs(network, sequences, options));
  const weights = gradients.flatMap((gradient) => Array.from(gradient, (value) => -value));
  const found = ctx.backward(weightedSum(ctx, losses, ctx.from("f32", [weights.length], weights)));
  for (const name of ["lm_head.weight", "model.embed_tokens.weight", "model.layers.0.self_attn.o_proj.weight"]) {
    const tensor = network.parameters.get(name)!;
    const gradient = found.get(tensor)!.data.slice() as Float32Array;
    const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
    const before = tensor.data.slice() as Float32Array;
    const step = 0.01;
    const moved = (sign: number) => {
      for (let i = 0; i < before.length; i++) tensor.data[i] = before[i]! + (sign * step * gradient[i]!) / norm;
      return lossOf();
    };
    const slope = (moved(1) - moved(-1)) / (2 * step);
    tensor.data.set(before);
    expect(norm).toBeGreaterThan(1e-3);
    expect(slope / norm, name).toBeCloseTo(1, 1);
  }
  ctx.dispose();
});
