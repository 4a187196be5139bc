import type { GeneratedTokens, Rollout } from "@cachalot/chat";
import { openPolicy } from "@cachalot/engine";
import { createRolloutSource } from "@cachalot/environments";
import { checkpointConfig, loadParameters, loadTokenizer, packedForward } from "@cachalot/model";
import { Context, defaultDevice } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mismatchOf } from "../packages/training/src/rl/mismatch.js";
import { type LogprobOptions, sampledLogprobs } from "../packages/training/src/rl/sampled-logprobs.js";
import { trainingSequences } from "../packages/training/src/rl/training-sequence.js";
import { TrainableNetwork } from "../packages/training/src/trainer/network.js";
import { embedded } from "./support/cachalot.js";

const record = { kept: true, experts: true, selection: true };
const sampling = { temperature: 0.9, topP: 0.9, topK: 0 };
const plain: LogprobOptions = {
  ...{ rowTokens: 512, passTokens: 4096, pad: 0, keepSamplingMask: true },
  ...{ keepRouting: false, keepSelection: false, sharePrompts: false },
};

let network: TrainableNetwork;
let policy: Awaited<ReturnType<typeof openSame>>;
const openSame = async () =>
  openPolicy(network, await loadTokenizer(embedded), { weights: "f32", maxSequences: 32, contextLength: 512 });

beforeAll(async () => {
  const device = defaultDevice();
  const config = await checkpointConfig(embedded);
  network = new TrainableNetwork(config, device, await loadParameters(embedded, config, device));
  policy = await openSame();
}, 60_000);
afterAll(async () => {
  await policy.close();
  network.dispose();
});

test("what the engine records of rollouts in f32, the packed trainer computes to 1e-4, behind shared prompts too", async () => {
  const source = createRolloutSource({ tasksets: { sorting: { levels: [1] } } });
  const request = { ...{ seed: 3, step: 0, round: 0, groups: 4, groupSize: 6 }, sampling, record };
  const rollouts: Rollout[] = await source.collect(request, policy);
  const sequences = rollouts.flatMap((rollout) => trainingSequences(rollout, 0));
  expect(sequences.length).toBe(24);
  for (const how of [{}, { sharePrompts: true }, { sharePrompts: true, keepRouting: true, keepSelection: true }]) {
    const { max, mean } = mismatchOf(sequences, sampledLogprobs(network, sequences, { ...plain, ...how }));
    expect(max, JSON.stringify(how)).toBeLessThan(1e-4);
    expect(mean).toBeLessThan(1e-5);
  }
  // Over the whole vocabulary they are others: the sampling mask is what makes them agree.
  const unmasked = sampledLogprobs(network, sequences, { ...plain, keepSamplingMask: false });
  expect(mismatchOf(sequences, unmasked).max).toBeGreaterThan(0.01);
}, 60_000);

test("past the selected tokens, engine and trainer choose the same ones, and replay gives the same numbers", async () => {
  const prompt = Array.from({ length: 300 }, (_, i) => 100 + ((i * 37) % 900));
  let generated: GeneratedTokens | undefined;
  const asked = { prompt, ...sampling, seed: 5, maxTokens: 12, record };
  for await (const event of policy.model.complete(asked)) if (event.type === "generated") generated = event.tokens;
  const { ids, logprobs, kept, experts, selection } = generated!;
  const sequence = {
    ...{
      rollout: "0",
      group: "0",
      ids: Int32Array.from([...prompt, ...ids]),
      temperature: sampling.temperature,
      advantage: 0,
    },
    sampledAt: Int32Array.from(ids, (_, i) => prompt.length + i),
    oldLogprobs: Float64Array.from(logprobs),
    ...{ kept: kept!, experts: experts!, selection: selection! },
  };
  expect(selectionFlips(sequence.ids, selection!)).toBe(0);
  for (const how of [{}, { keepRouting: true, keepSelection: true }])
    expect(mismatchOf([sequence], sampledLogprobs(network, [sequence], { ...plain, ...how })).max).toBeLessThan(1e-4);
}, 60_000);

/** Rows in which the trainer's indexer selects other tokens than were recorded. */
function selectionFlips(ids: Int32Array, { data, shape }: NonNullable<GeneratedTokens["selection"]>): number {
  const [tokens, layers, k] = shape;
  const ctx = new Context(network.device);
  let flips = 0;
  const compare = (layer: number, own: ArrayLike<number>) => {
    for (let t = k; t < tokens; t++) {
      const recorded = data.subarray((t * layers + layer) * k, (t * layers + layer + 1) * k);
      if (recorded[0]! >= 0 && recorded.some((position, j) => own[t * k + j] !== position)) flips++;
    }
  };
  packedForward(
    ctx,
    network,
    { batch: 1, seq: ids.length - 1, inputs: ids.subarray(0, -1) },
    { attention: "sparse", selection: { record: (layer, indices) => compare(layer, indices.data) } },
  );
  ctx.dispose();
  return flips;
}
