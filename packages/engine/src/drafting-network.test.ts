/** Drafting with the network itself: tiny models, whose answers it must not change. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CausalLM, type KvCache, loadModel, saveModel, withoutMtp } from "@cachalot/model";
import { defaultDevice, Random, Tensor } from "@cachalot/tensor";
import { expect, test, vi } from "vitest";
import { languageModelOf } from "./model-adapter.js";
import { setUpScheduler } from "./testing/set-up-scheduler.js";
import { letters, randomParameters, tinyConfig } from "./testing/tiny-network.js";

const device = defaultDevice();
const config = tinyConfig({ num_nextn_predict_layers: 1 });

/**
 * Random weights. Where layers add little to the residual stream (`residual`), the next token follows from the last one alone;
 * a layer that passes the embedding half of its input on then predicts as the model does.
 */
function weightsOf(seed: number, residual: number): Map<string, Tensor> {
  const E = config.hiddenSize;
  const deviation = (name: string) => (/(o_proj|down_proj)\.weight$/.test(name) ? residual : 0.2);
  return randomParameters(config, new Random(seed), deviation, ({ name, mtp }, values) => {
    if (mtp && name.endsWith("eh_proj.weight"))
      for (let row = 0; row < E; row++) for (let i = 0; i < 2 * E; i++) values[row * 2 * E + i] = Number(i === row);
  });
}

function modelOf(seed: number, residual: number, mtp: boolean, maxTokens?: number) {
  return new CausalLM(mtp ? config : withoutMtp(config), device, weightsOf(seed, residual), { maxTokens });
}

const prompts = [
  "whale",
  "w",
  "alongpromptthatisreadinseveralchunks",
  "alongpromptthatisread",
  "sonar",
  "whaleandsonar",
];

interface Answer {
  completionTokens: number;
  cachedTokens: number;
  drafts?: { drafted: number; accepted: number };
}

async function answers(model: CausalLM, maxSequences: number, rounds = 1) {
  const language = languageModelOf(model, async () => undefined);
  let passes = 0;
  const counted = {
    ...language,
    forward: (inputs: Parameters<typeof language.forward>[0]) => {
      passes++;
      return language.forward(inputs);
    },
  };
  const run = setUpScheduler<KvCache>(counted, { maxSequences, prefillChunk: 12, contextLength: 256 }, letters);
  for (let round = 0; round < rounds; round++) {
    run.texts.clear();
    for (const [id, prompt] of prompts.entries())
      run.submit(id, prompt, { temperature: 0, maxTokens: 20 + id, ...(id === 5 ? { stop: ["ab"] } : {}) });
    await run.runToEnd();
  }
  run.scheduler.dispose();
  const used = model.blocks.used;
  model.dispose();
  return { texts: run.texts, ended: prompts.map((_, id) => run.ended.get(id) as Answer), passes, used };
}

test("greedy answers of random models are the same with drafts: together, from kept blocks, short of memory", async () => {
  let accepted = 0;
  for (let seed = 0; seed < 4; seed++) {
    const residual = [0.02, 0.2][seed % 2]!;
    const plain = await answers(modelOf(seed, residual, false), 3);
    const alone = await answers(modelOf(seed, residual, true), 1);
    for (const [maxSequences, maxTokens, rounds] of [
      [3, undefined, 1],
      [6, undefined, 2],
      [6, 144, 2],
    ] as const) {
      const drafting = await answers(modelOf(seed, residual, true, maxTokens), maxSequences, rounds);
      expect(drafting.texts).toEqual(plain.texts);
      expect(drafting.ended.map(({ completionTokens }) => completionTokens)).toEqual(
        plain.ended.map(({ completionTokens }) => completionTokens),
      );
      expect(drafting.used).toBe(0);
      // The layer's cache is the same, too: it guesses alike.
      expect(drafting.ended.map(({ drafts }) => drafts)).toEqual(alone.ended.map(({ drafts }) => drafts));
    }
    for (const { drafts } of alone.ended) accepted += drafts?.accepted ?? 0;
  }
  expect(accepted).toBeGreaterThan(0);
});

test("a layer that predicts well saves forward passes", async () => {
  const plain = await answers(modelOf(11, 0.005, false), 1);
  const drafting = await answers(modelOf(11, 0.005, true), 1);
  const tokens = plain.ended.reduce((sum, { completionTokens }) => sum + completionTokens, 0);
  const accepted = drafting.ended.reduce((sum, { drafts }) => sum + (drafts?.accepted ?? 0), 0);
  const drafted = drafting.ended.reduce((sum, { drafts }) => sum + (drafts?.drafted ?? 0), 0);
  expect(accepted / drafted).toBeGreaterThan(0.7);
  // A right draft that ends its answer saves none.
  expect(drafting.passes).toBeGreaterThanOrEqual(plain.passes - accepted);
  expect(drafting.passes).toBeLessThanOrEqual(plain.passes - accepted + prompts.length);
  expect(drafting.passes).toBeLessThan(0.7 * tokens);
});

test("nothing reaches a tensor's memory but the device: prompts, drafts, sampling, saved weights", async () => {
  const expected = await answers(modelOf(3, 0.2, true), 3);
  const model = modelOf(3, 0.2, true);
  const dir = await mkdtemp(join(tmpdir(), "boundary-"));
  const touch = vi.spyOn(Tensor.prototype, "data", "get").mockImplementation(() => {
    throw new Error("host access");
  });
  try {
    await saveModel(dir, model.config, model.parameters, { dtype: "f32" });
    expect((await answers(model, 3)).texts).toEqual(expected.texts);
    const saved = await loadModel(dir, { device });
    expect((await answers(saved, 3)).texts).toEqual(expected.texts);
  } finally {
    touch.mockRestore();
    await rm(dir, { recursive: true });
  }
});
