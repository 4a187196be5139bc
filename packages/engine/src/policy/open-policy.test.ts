import type { GeneratedTokens } from "@cachalot/chat";
import { bindWeights, outputHead, packedForward, RopeCache } from "@cachalot/model";
import { Context, defaultDevice, Random, type Tensor } from "@cachalot/tensor";
import { afterEach, expect, test } from "vitest";
import type { EngineTokenizer } from "../language-model.js";
import { letters, randomParameters, tinyConfig } from "../testing/tiny-network.js";
import { type InProcessPolicy, openPolicy, type PolicyOptions } from "./open-policy.js";

const device = defaultDevice();
const config = tinyConfig({
  num_hidden_layers: 3,
  n_routed_experts: 8,
  index_topk: 12,
  num_nextn_predict_layers: 1,
});
const L = config.numHiddenLayers;
const K = config.indexer!.topk;

const trainersParameters = (seed: number) => randomParameters(config, new Random(seed), () => 0.3);

let parameters: Map<string, Tensor>;
let policy: InProcessPolicy<EngineTokenizer>;
async function open(options: Partial<PolicyOptions> = {}): Promise<void> {
  parameters = trainersParameters(5);
  policy = await openPolicy({ config, parameters }, letters, {
    ...{ weights: "f32", maxSequences: 4, contextLength: 256, prefillChunk: 16 },
    ...options,
  });
}
afterEach(async () => {
  await policy.close();
  for (const tensor of parameters.values()) tensor.dispose();
});

async function sample(prompt: string, seed: number, maxTokens = 40): Promise<GeneratedTokens & { cached: number }> {
  let [generated, cached]: [GeneratedTokens | undefined, number] = [undefined, 0];
  const record = { kept: true, experts: true, selection: true };
  const request = { prompt: letters.encode(prompt), temperature: 0.8, topP: 0.9, seed, maxTokens, record };
  for await (const event of policy.model.complete(request)) {
    if (event.type === "generated") generated = event.tokens;
    if (event.type === "usage") cached = event.usage.cachedTokens;
  }
  return { ...generated!, cached };
}

const prompts = ["whalesdivedeepandfindtheirpreybysonarwhalesdivedeep", "whalesdivedeepandfindtheirprey", "sonar", "w"];
const sampleAll = () =>
  Promise.all(prompts.flatMap((prompt, i) => [2 * i, 2 * i + 1].map((seed) => sample(prompt, seed))));

/** What the trainer makes of the same tokens in one packed pass: log-probabilities at temperature 1, experts, selection. */
function teacherForced({ promptIds, ids }: GeneratedTokens) {
  const all = [...promptIds, ...ids];
  const inputs = Int32Array.from(all.slice(0, -1));
  const network = {
    config,
    weights: bindWeights(config, (name) => parameters.get(name)!),
    rope: new RopeCache(config),
  };
  const experts: number[][] = [];
  const selection: number[][] = [];
  const ctx = new Context(device);
  const { hidden } = packedForward(
    ctx,
    network,
    { batch: 1, seq: inputs.length, inputs },
    {
      attention: "sparse",
      routing: { record: (_, chosen) => void experts.push([...chosen.data]) },
      selection: { record: (_, chosen) => void selection.push([...chosen.data]) },
    },
  );
  const logits = outputHead(ctx, network, hidden).data;
  const logprobs = ids.map((id, i) => {
    const row = (promptIds.length + i - 1) * config.vocabSize;
    let sum = 0;
    for (let v = 0; v < config.vocabSize; v++) sum += Math.exp(logits[row + v]!);
    return logits[row + id]! - Math.log(sum);
  });
  ctx.dispose();
  return { logprobs, experts, selection };
}

/** Rows of `[tokens, layers, k]` that differ from layers of `[tokens * k]` as sets; a row of -1 was no choice. */
function flips(rows: { data: ArrayLike<number>; shape: number[] }, layers: readonly number[][]): number {
  const [tokens, count, k] = rows.shape as [number, number, number];
  let flipped = 0;
  for (let t = 0; t < tokens; t++)
    for (let layer = 0; layer < count; layer++) {
      const at = (t * count + layer) * k;
      const own = Array.from({ length: k }, (_, i) => rows.data[at + i]!);
      const other = layers[layer]!.slice(t * k, (t + 1) * k);
      if (own.some((id) => id !== -1)) flipped += Number(own.sort().join() !== other.sort().join());
    }
  return flipped;
}

test("f32 rollouts of a batch are the packed trainer's: log-probabilities within 1e-4, no routing flips, no selection flips", async () => {
  await open();
  for (const generated of await sampleAll()) {
    const trainer = teacherForced(generated);
    for (const [i, logprob] of trainer.logprobs.entries())
      expect(Math.abs(generated.rawLogprobs[i]! - logprob)).toBeLessThanOrEqual(1e-4);
    const tokens = generated.promptIds.length + generated.ids.length - 1;
    expect(generated.experts!.shape).toEqual([tokens, L - 1, 2]);
    expect(generated.selection!.shape).toEqual([tokens, L, K]);
    expect(flips(generated.experts!, trainer.experts)).toBe(0);
    expect(flips(generated.selection!, trainer.selection)).toBe(0);
  }
});

test("after an update samples are of the new weights, carry their version, and find no prefix of the old ones", async () => {
  await open();
  const before = await sample(prompts[0]!, 1);
  expect((await sample(prompts[0]!, 2)).cached).toBeGreaterThan(0);
  for (const [name, tensor] of trainersParameters(6)) {
    parameters.get(name)!.data.set(tensor.data);
    tensor.dispose();
  }
  await policy.update();
  expect(policy.version).toBe(1);
  const after = await sample(prompts[0]!, 1);
  expect(after.cached).toBe(0);
  expect(new Set(before.versions)).toEqual(new Set([0]));
  expect(new Set(after.versions)).toEqual(new Set([1]));
  expect(after.ids).not.toEqual(before.ids);
  for (const [i, logprob] of teacherForced(after).logprobs.entries())
    expect(Math.abs(after.rawLogprobs[i]! - logprob)).toBeLessThanOrEqual(1e-4);
});

test.each(["bf16", "q8"] as const)(
  "copies in %s follow the trainer's tensors when they are told to",
  async (weights) => {
    await open({ weights, version: 7 });
    const gap = async () => {
      const generated = await sample(prompts[0]!, 1);
      const { logprobs } = teacherForced(generated);
      return (
        logprobs.reduce((sum, logprob, i) => sum + Math.abs(logprob - generated.rawLogprobs[i]!), 0) / logprobs.length
      );
    };
    const old = await gap();
    expect(old).toBeGreaterThan(0);
    for (const [name, tensor] of trainersParameters(6)) {
      parameters.get(name)!.data.set(tensor.data);
      tensor.dispose();
    }
    const stale = await gap();
    expect(stale).toBeGreaterThan(2 * old);
    await policy.update();
    expect(policy.version).toBe(8);
    expect(await gap()).toBeLessThan(stale / 2);
  },
);

test("a batch gives the event loop a turn between its steps, and an abort ends one generation", async () => {
  await open();
  let turns = 0;
  const ticking = setInterval(() => turns++, 0);
  const stop = new AbortController();
  let text = 0;
  for await (const event of policy.model.complete({
    prompt: [1],
    seed: 3,
    topP: 1,
    maxTokens: 200,
    signal: stop.signal,
  })) {
    if (event.type === "text" && ++text === 20) stop.abort();
    if (event.type === "finish") expect(event.reason).toBe("aborted");
  }
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(5);
});

test("closing leaves the trainer's tensors, fails what is under way, and refuses what comes later", async () => {
  await open();
  const underWay = sample("w", 1, 200);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.all([expect(underWay).rejects.toMatchObject({ code: "closed" }), policy.close()]);
  await expect(sample("w", 1)).rejects.toMatchObject({ code: "closed" });
  for (const tensor of parameters.values()) expect(tensor.data.length).toBeGreaterThan(0);
});
