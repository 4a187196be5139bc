/** What is observed of a generation is what the network did: the selections of the reference computation, while it decodes in a batch. */

import { CausalLM, loadModel, packedForward } from "@cachalot/model";
import { Context, createDevice, defaultDevice, Random } from "@cachalot/tensor";
import { expect, test } from "vitest";
import { golden } from "../../model/src/testing/golden.js";
import type { EngineTokenizer } from "./language-model.js";
import { languageModelOf } from "./model-adapter.js";
import type { ObservedToken } from "./observation.js";
import { setUpScheduler } from "./testing/set-up-scheduler.js";
import { letters, randomParameters, tinyConfig } from "./testing/tiny-network.js";

/** Ids below 160, as the golden models have: their text does not matter. */
const anyTokens: EngineTokenizer = {
  vocabSize: 160,
  eosTokenId: 1,
  encode: (text) => [...text].map((letter, i) => (letter.charCodeAt(0) + 3 * i) % 160),
  tokenBytes: (id) => Uint8Array.of(id % 128),
  tokenToId: () => undefined,
};

const prompts = ["whales dive deep and find", "whales dive deep and sleep upright", "sonar"];

/** Prompts generated together, the first and the last observed, with a step for each token. */
async function observe(model: CausalLM, tokenizer: EngineTokenizer, texts: readonly string[] = prompts) {
  const run = setUpScheduler(
    languageModelOf(model, async () => undefined),
    { maxSequences: 4, prefillChunk: 10, contextLength: 128 },
    tokenizer,
  );
  for (const [id, prompt] of texts.entries()) {
    const observed = id === 1 ? {} : { observe: { scores: true }, topLogprobs: 3 };
    run.submit(id, prompt, { ...observed, record: { kept: false }, maxTokens: 40 + 3 * id, topP: 0.9 });
  }
  await run.runToEnd();
  run.scheduler.dispose();
  expect(model.blocks.used).toBe(0);
  expect(run.observed.get(1)).toEqual([]);
  return run;
}

/** The positions of the best scores, ascending, the lowest first among equals: what top-k selection is. */
function bestOf(scores: Float32Array, k: number): number[] {
  const best = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, k);
  return best.sort((a, b) => a - b);
}

const layerOf = (rows: ObservedToken["selection"], layer: number): number[] =>
  Array.from(rows!.data.slice(layer * rows!.k, (layer + 1) * rows!.k));

test.each(["f32", "bf16"] as const)(
  "selections while decoding in a batch are the best scores of the reference computation: %s",
  async (dtype) => {
    const model = await loadModel(golden("plain"), { device: defaultDevice(), dtype });
    const { topk } = model.config.indexer!;
    const { observed, generated } = await observe(model, anyTokens);
    let compared = 0;
    for (const id of [0, 2]) {
      const tokens = observed.get(id)!;
      const { promptIds, ids } = generated.get(id)!;
      expect(tokens.map(({ position }) => position)).toEqual(ids.map((_, i) => promptIds.length - 1 + i));
      for (const { position, selection, attention } of tokens)
        for (let layer = 0; layer < model.config.numHiddenLayers; layer++) {
          const mass = attention!.mass[layer]!;
          expect(mass).toHaveLength(position + 1);
          expect(mass.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4);
          // A sequence with no more tokens than are selected attends to all of them; beside a longer one it may say so by name.
          const chosen = layerOf(selection, layer).filter((chose) => chose >= 0);
          if (position < topk) expect([[], [...mass.keys()]]).toContainEqual(chosen);
          else {
            compared++;
            expect(chosen).toEqual(bestOf(attention!.scores![layer]!, topk));
          }
        }
    }
    expect(compared).toBeGreaterThan(100);
    model.dispose();
  },
);

test("selections and experts are those of the reference device reading the whole sequence without a cache", async () => {
  const model = await loadModel(golden("plain"), { device: defaultDevice() });
  const { observed, generated } = await observe(model, anyTokens);
  model.dispose();
  const reference = await loadModel(golden("plain"), { device: createDevice("reference") });
  for (const id of [0, 2]) {
    const { promptIds, ids } = generated.get(id)!;
    const inputs = Int32Array.from([...promptIds, ...ids].slice(0, -1));
    const ctx = new Context(reference.device);
    const selections: number[][][] = [];
    const experts: number[][][] = [];
    const rowsOf = (matrix: { data: ArrayLike<number>; shape: readonly number[] }) =>
      Array.from(inputs, (_, row) =>
        Array.from({ length: matrix.shape[1]! }, (_, i) => matrix.data[row * matrix.shape[1]! + i]!),
      );
    packedForward(
      ctx,
      reference,
      { batch: 1, seq: inputs.length, inputs },
      {
        attention: "sparse",
        selection: { record: (_, indices) => void selections.push(rowsOf(indices)) },
        routing: { record: (_, chosen) => void experts.push(rowsOf(chosen)) },
      },
    );
    ctx.dispose();
    for (const token of observed.get(id)!) {
      const { position } = token;
      for (const [layer, rows] of selections.entries())
        if (position >= reference.config.indexer!.topk) expect(layerOf(token.selection, layer)).toEqual(rows[position]);
      for (const [layer, rows] of experts.entries()) expect(layerOf(token.experts, layer)).toEqual(rows[position]);
    }
  }
  reference.dispose();
});

test("drafted tokens are observed one by one, and observing changes nothing that is generated", async () => {
  const config = tinyConfig({ num_hidden_layers: 2, index_topk: 12, num_nextn_predict_layers: 1 });
  const model = new CausalLM(
    config,
    defaultDevice(),
    randomParameters(config, new Random(5), () => 0.05),
  );
  const text = ["abcabcabc", "whalesdivedeepandsleepupright", "whales"];
  const { observed, generated, texts, ended } = await observe(model, letters, text);
  const plain = setUpScheduler(
    languageModelOf(model, async () => undefined),
    { maxSequences: 4, prefillChunk: 10, contextLength: 128 },
    letters,
  );
  for (const [id, prompt] of text.entries()) plain.submit(id, prompt, { maxTokens: 40 + 3 * id, topP: 0.9 });
  await plain.runToEnd();
  plain.scheduler.dispose();
  expect(texts).toEqual(plain.texts);
  for (const id of [0, 2]) {
    const { promptIds, ids } = generated.get(id)!;
    expect(ended.get(id)).toMatchObject({ drafts: { accepted: expect.any(Number) } });
    expect(observed.get(id)!.map(({ position }) => position)).toEqual(ids.map((_, i) => promptIds.length - 1 + i));
  }
  model.dispose();
});
