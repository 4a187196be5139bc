/** Models that Hugging Face transformers made, and models of ours there; llama.cpp runs the same files. */
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointConfig, exportGguf, loadModel, loadParameters, loadTokenizer, saveModel } from "@cachalot/model";
import { createDevice } from "@cachalot/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { embedded, root } from "./support/cachalot.js";
import { llamaUnavailable, startLlama, writeByteTokenizer } from "./support/llama.js";
import type { Peer } from "./support/peer.js";
import { startTransformers, transformersUnavailable } from "./support/transformers.js";

const required = process.env.CACHALOT_REQUIRE?.split(",") ?? [];
const skip = transformersUnavailable !== undefined && !required.includes("transformers");
const skipLlama = llamaUnavailable !== undefined && !required.includes("llama");

let dir: string;
let transformers: Peer;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-transformers-"));
  if (!skip) transformers = await startTransformers();
});
afterAll(async () => {
  transformers?.end();
  await rm(dir, { recursive: true });
});

const SHAPE = {
  vocab_size: 256,
  hidden_size: 96,
  intermediate_size: 160,
  moe_intermediate_size: 64,
  num_hidden_layers: 3,
  num_attention_heads: 6,
  num_key_value_heads: 6,
  n_shared_experts: 1,
  n_routed_experts: 8,
  routed_scaling_factor: 2.5,
  kv_lora_rank: 32,
  q_lora_rank: 64,
  qk_rope_head_dim: 16,
  v_head_dim: 24,
  qk_nope_head_dim: 20,
  n_group: 4,
  topk_group: 2,
  num_experts_per_tok: 3,
  first_k_dense_replace: 1,
  max_position_embeddings: 256,
  rms_norm_eps: 1e-6,
  bos_token_id: 0,
  eos_token_id: [1, 2],
};
/** What V3 does not have. */
const INDEXER = {
  // Of many heads no score is exactly zero: ties at the cut are each engine's own.
  index_n_heads: 32,
  index_head_dim: 64,
  index_topk: 16,
};
const yarn = { rope_type: "yarn", rope_theta: 10_000, factor: 8, original_max_position_embeddings: 32 };
const plain = { rope_type: "default", rope_theta: 10_000 };
const tokens = Array.from({ length: 72 }, (_, i) => 3 + ((i * 7919 + (i % 7) * 31) % 250));

/** What is made there: its architecture, how it rotates, what else differs. */
const MODELS: [string, string, Record<string, unknown>, Record<string, unknown>?][] = [
  ["no YaRN", "DeepseekV32", plain],
  ["another theta", "DeepseekV32", { ...plain, rope_theta: 50_000 }],
  ["YaRN, equal magnitudes", "DeepseekV32", { ...yarn, mscale: 1, mscale_all_dim: 1 }],
  ["YaRN, equal magnitudes below 1", "DeepseekV32", { ...yarn, mscale: 0.7, mscale_all_dim: 0.7 }],
  ["YaRN, magnitudes 1 and 0.7", "DeepseekV32", { ...yarn, mscale: 1, mscale_all_dim: 0.7 }],
  ["YaRN, magnitudes 0.5 and 1", "DeepseekV32", { ...yarn, mscale: 0.5, mscale_all_dim: 1 }],
  ["YaRN without magnitudes", "DeepseekV32", yarn],
  ["YaRN, the first magnitude alone", "DeepseekV32", { ...yarn, mscale: 0.7 }],
  ["YaRN, the second magnitude alone", "DeepseekV32", { ...yarn, mscale_all_dim: 0.7 }],
  ["YaRN, an attention factor of its own", "DeepseekV32", { ...yarn, attention_factor: 1.3 }],
  ["YaRN in its original context", "DeepseekV32", { ...yarn, original_max_position_embeddings: 256 }],
  ["Kimi's betas", "DeepseekV32", { ...yarn, beta_fast: 1, beta_slow: 1, mscale: 1, mscale_all_dim: 1 }],
  ["tied embeddings", "DeepseekV32", plain, { tie_word_embeddings: true }],
  ["V3, YaRN without magnitudes", "DeepseekV3", yarn],
  ["GLM-5", "GlmMoeDsa", plain, { n_group: 1, topk_group: 1 }],
  ["GLM-5's network under YaRN", "GlmMoeDsa", { ...yarn, mscale: 1, mscale_all_dim: 0.7 }],
];

/** Our logits of the tokens, row by row. */
async function ownLogits(path: string): Promise<Float32Array[]> {
  const model = await loadModel(path);
  const cache = model.createCache();
  const logits = model.prefill(Int32Array.from(tokens), cache, { logits: "all" });
  model.dispose();
  return tokens.map((_, i) =>
    logits.subarray((i * logits.length) / tokens.length, ((i + 1) * logits.length) / tokens.length),
  );
}

function largestDifference(own: readonly ArrayLike<number>[], theirs: readonly ArrayLike<number>[]): number {
  let largest = 0;
  own.forEach((row, i) => {
    expect(theirs[i]!.length).toBe(row.length);
    for (let j = 0; j < row.length; j++) largest = Math.max(largest, Math.abs(row[j]! - theirs[i]![j]!));
  });
  return largest;
}

/** Logarithms of the probabilities. */
function logSoftmax(row: Float32Array): Float32Array {
  const max = Math.max(...row);
  const total = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - max), 0));
  return row.map((logit) => logit - max - total);
}

const why = (reason: string | undefined) => (reason ? ` (skipped: ${reason})` : "");

describe.skipIf(skip)(`transformers agrees${why(transformersUnavailable)}`, () => {
  describe.each(MODELS)("%s", (name, architecture, rope, others = {}) => {
    let imported: string;
    let own: Float32Array[];

    test("on a model that it wrote and we read", async () => {
      imported = join(dir, name.replaceAll(/\W+/g, "-"));
      const indexer = architecture === "DeepseekV3" ? {} : INDEXER;
      const config = { ...SHAPE, ...indexer, ...others, rope_parameters: rope };
      const { logits } = await transformers.ask<{ logits: number[][] }>({
        make: imported,
        architecture,
        config,
        tokens,
      });
      own = await ownLogits(imported);
      expect(largestDifference(own, logits)).toBeLessThan(2e-5);
      expect((await checkpointConfig(imported)).eosTokenIds).toEqual([1, 2]);
    });

    test("on the same model, written by us", async () => {
      const device = createDevice("reference");
      const config = await checkpointConfig(imported);
      const exported = `${imported}-exported`;
      await saveModel(exported, config, await loadParameters(imported, config, device), { dtype: "f32" });
      expect(await checkpointConfig(exported)).toEqual(config);
      const { logits } = await transformers.ask<{ logits: number[][] }>({ load: exported, tokens });
      expect(largestDifference(own, logits)).toBeLessThan(2e-5);
    });

    const unknownThere = architecture === "DeepseekV3" || "beta_fast" in rope;
    test.skipIf(unknownThere || skipLlama)(`and so does llama.cpp${why(llamaUnavailable)}`, async () => {
      await writeByteTokenizer(join(imported, "tokenizer.json"), SHAPE.vocab_size);
      await exportGguf(imported, `${imported}.gguf`);
      const llama = await startLlama(`${imported}.gguf`, 128);
      try {
        const { probabilities } = await llama.ask<{ probabilities: [number, number][][] }>({ probabilities: tokens });
        let largest = 0;
        probabilities.forEach((row, i) => {
          const expected = logSoftmax(own[i]!);
          expect(row).toHaveLength(SHAPE.vocab_size);
          for (const [token, p] of row) largest = Math.max(largest, Math.abs(Math.log(p) - expected[token]!));
        });
        expect(largest).toBeLessThan(1e-4);
      } finally {
        llama.end();
      }
    });
  });

  test("on the embedded model, weights in bf16", async () => {
    const own = await ownLogits(embedded);
    const { logits } = await transformers.ask<{ logits: number[][] }>({ load: embedded, tokens });
    expect(largestDifference(own, logits)).toBeLessThan(2e-4);
    expect((await loadTokenizer(embedded)).vocabSize).toBe(logits[0]!.length);
  });
});

test.skipIf(skipLlama)(`a tokenizer past the embedding is never exported${why(llamaUnavailable)}`, async () => {
  const path = join(dir, "past-embedding");
  await mkdir(path);
  await cp(join(root, "test", "golden", "model", "plain"), path, { recursive: true });
  await writeByteTokenizer(join(path, "tokenizer.json"), 161);
  await expect(exportGguf(path, join(dir, "never.gguf"))).rejects.toMatchObject({ code: "invalid_tokenizer" });
});
