import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { ModelError } from "../errors.js";
import { golden } from "../testing/golden.js";
import { formatConfig, type ModelConfig, parseConfig, readConfig } from "./index.js";

const published = JSON.parse(readFileSync(new URL("fixtures/deepseek-v3.2.json", import.meta.url), "utf8")) as Record<
  string,
  unknown
>;
const dir = mkdtempSync(join(tmpdir(), "config-test-"));
afterAll(() => rmSync(dir, { recursive: true }));

/** A copy with some fields replaced; undefined removes one. */
function changed(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...published, ...fields }).filter(([, value]) => value !== undefined));
}

const v31 = changed({
  model_type: "deepseek_v3",
  architectures: ["DeepseekV3ForCausalLM"],
  auto_map: { AutoConfig: "configuration_deepseek.DeepseekV3Config" },
  aux_loss_alpha: 0.001,
  seq_aux: true,
  pretraining_tp: 1,
  index_head_dim: undefined,
  index_n_heads: undefined,
  index_topk: undefined,
});

test("reads the published V3.2 config", () => {
  expect(parseConfig(published)).toEqual({
    vocabSize: 129280,
    hiddenSize: 7168,
    intermediateSize: 18432,
    moeIntermediateSize: 2048,
    numHiddenLayers: 61,
    firstKDenseReplace: 3,
    numAttentionHeads: 128,
    nRoutedExperts: 256,
    nSharedExperts: 1,
    numExpertsPerTok: 8,
    nGroup: 8,
    topkGroup: 4,
    scoringFunc: "sigmoid",
    topkMethod: "noaux_tc",
    normTopkProb: true,
    routedScalingFactor: 2.5,
    qLoraRank: 1536,
    kvLoraRank: 512,
    qkNopeHeadDim: 128,
    qkRopeHeadDim: 64,
    vHeadDim: 128,
    indexer: { nHeads: 64, headDim: 128, topk: 2048 },
    rmsNormEps: 1e-6,
    ropeTheta: 10000,
    ropeScaling: {
      factor: 40,
      originalMaxPositionEmbeddings: 4096,
      betaFast: 32,
      betaSlow: 1,
      mscale: 1,
      mscaleAllDim: 1,
    },
    maxPositionEmbeddings: 163840,
    tieWordEmbeddings: false,
    bosTokenId: 0,
    eosTokenIds: [1],
    numNextnPredictLayers: 1,
    weightBlockSize: [128, 128],
  } satisfies ModelConfig);
});

test("of several multi-token-prediction layers the first is used; experts are checked for its sake, too", () => {
  expect(parseConfig(changed({ num_nextn_predict_layers: 3 })).numNextnPredictLayers).toBe(1);
  const dense = { first_k_dense_replace: 61, num_experts_per_tok: 0 };
  expect(() => parseConfig(changed(dense))).toThrow(/num_experts_per_tok/);
  expect(parseConfig(changed({ ...dense, num_nextn_predict_layers: 0 })).numExpertsPerTok).toBe(0);
});

test("a V3.1-style config has no indexer, and is written as deepseek_v3", () => {
  const config = parseConfig(v31);
  expect(config.indexer).toBeUndefined();
  expect(formatConfig(config)).toMatchObject({ model_type: "deepseek_v3", architectures: ["DeepseekV3ForCausalLM"] });
});

test.each(["plain", "yarn", "fp8"] as const)(
  "reads the golden config %s from its directory or its file",
  async (name) => {
    const config = await readConfig(golden(name));
    expect(config.indexer?.nHeads).toBe(16);
    expect(config.ropeScaling?.factor).toBe({ plain: undefined, yarn: 8, fp8: 4 }[name]);
    expect(await readConfig(join(golden(name), "config.json"))).toEqual(config);
  },
);

const anyConfig = fc
  .record({
    group: fc.integer({ min: 2, max: 8 }),
    nGroup: fc.integer({ min: 1, max: 8 }),
    kept: fc.nat(),
    perToken: fc.nat(),
    layers: fc.integer({ min: 1, max: 80 }),
    dense: fc.nat(),
    halfRope: fc.integer({ min: 1, max: 64 }),
    size: fc.integer({ min: 2, max: 2 ** 20 }),
    indexer: fc.boolean(),
    yarn: fc.boolean(),
    positive: fc.double({ min: 1e-3, max: 10, noNaN: true }),
    flag: fc.boolean(),
    scoring: fc.constantFrom("sigmoid" as const, "softmax" as const),
    method: fc.constantFrom("noaux_tc" as const, "group_limited_greedy" as const, "greedy" as const),
  })
  .map((x): ModelConfig => {
    const topkGroup = 1 + (x.kept % x.nGroup);
    return {
      vocabSize: x.size,
      hiddenSize: x.size,
      intermediateSize: x.size + 1,
      moeIntermediateSize: x.size + 2,
      numHiddenLayers: x.layers,
      firstKDenseReplace: x.dense % (x.layers + 1),
      numAttentionHeads: x.group,
      nRoutedExperts: x.group * x.nGroup,
      nSharedExperts: x.kept % 3,
      numExpertsPerTok: 1 + (x.perToken % (topkGroup * x.group)),
      nGroup: x.nGroup,
      topkGroup,
      scoringFunc: x.scoring,
      topkMethod: x.method,
      normTopkProb: x.flag,
      routedScalingFactor: x.positive,
      qLoraRank: x.size,
      kvLoraRank: x.size + 3,
      qkNopeHeadDim: x.size,
      qkRopeHeadDim: 2 * x.halfRope,
      vHeadDim: x.size,
      ...(x.indexer
        ? {
            indexer: {
              nHeads: x.group,
              headDim: 2 * x.halfRope + 2,
              topk: x.size,
              ...(x.flag ? { ropeInterleaved: true as const } : {}),
            },
          }
        : {}),
      rmsNormEps: x.positive / 10,
      ropeTheta: 1 + x.positive,
      ...(x.yarn
        ? {
            ropeScaling: {
              factor: 1 + x.positive,
              originalMaxPositionEmbeddings: x.size,
              betaFast: 2 * x.positive,
              betaSlow: x.positive,
              mscale: x.positive,
              mscaleAllDim: 0,
              ...(x.flag ? { attentionFactor: x.positive } : {}),
            },
          }
        : {}),
      maxPositionEmbeddings: x.size,
      tieWordEmbeddings: x.flag,
      ...(x.flag ? { bosTokenId: 0, eosTokenIds: x.kept % 2 ? [1] : [1, 0] } : {}),
      numNextnPredictLayers: x.kept % 2,
    };
  });

test("formatConfig writes what parseConfig reads back, through JSON", () => {
  fc.assert(
    fc.property(anyConfig, (config) => {
      expect(parseConfig(JSON.parse(JSON.stringify(formatConfig(config))))).toEqual(config);
    }),
    { numRuns: 200 },
  );
});

const yarn = published.rope_scaling as Record<string, unknown>;
const without = (object: Record<string, unknown>, field: string) =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== field));

/** What is wrong, and what the message must name. */
const badConfigs: [unknown, RegExp][] = [
  [null, /top level/],
  [[], /top level/],
  ["config", /top level/],
  [changed({ rope_pattern: 3 }), /rope_pattern/],
  [changed({ model_type: "llama" }), /model_type/],
  [changed({ model_type: undefined }), /model_type/],
  [changed({ hidden_size: undefined }), /hidden_size/],
  [changed({ hidden_size: "7168" }), /hidden_size/],
  [changed({ hidden_size: 7168.5 }), /hidden_size/],
  [changed({ hidden_size: -1 }), /hidden_size/],
  [changed({ hidden_size: 0 }), /hidden_size/],
  [changed({ vocab_size: 2 ** 31 + 1 }), /vocab_size/],
  [changed({ vocab_size: 1e300 }), /vocab_size/],
  [changed({ num_hidden_layers: 2 ** 30 }), /num_hidden_layers/],
  [changed({ first_k_dense_replace: 62 }), /first_k_dense_replace 62/],
  [changed({ n_group: 7 }), /n_group 7/],
  [changed({ topk_group: 9 }), /topk_group 9/],
  [changed({ n_group: 256, topk_group: 8 }), /n_group 256/],
  [changed({ num_experts_per_tok: 129 }), /num_experts_per_tok 129/],
  [changed({ num_experts_per_tok: 0 }), /num_experts_per_tok/],
  [changed({ n_routed_experts: 0 }), /n_routed_experts/],
  [changed({ qk_rope_head_dim: 63 }), /qk_rope_head_dim 63/],
  [changed({ index_head_dim: 32 }), /index_head_dim 32/],
  [changed({ index_topk: undefined }), /index_topk/],
  [changed({ index_topk: undefined, index_n_heads: undefined, index_head_dim: undefined }), /index_topk/],
  [changed({ hidden_act: "gelu" }), /hidden_act/],
  [changed({ moe_layer_freq: 2 }), /moe_layer_freq/],
  [changed({ attention_bias: true }), /attention_bias/],
  [changed({ scoring_func: "tanh" }), /scoring_func/],
  [changed({ topk_method: "random" }), /topk_method/],
  [changed({ norm_topk_prob: 1 }), /norm_topk_prob/],
  [changed({ rms_norm_eps: 0 }), /rms_norm_eps/],
  [changed({ rope_theta: 1 }), /rope_theta/],
  [changed({ rope_theta: Number.POSITIVE_INFINITY }), /rope_theta/],
  [changed({ rope_scaling: without(yarn, "factor") }), /rope_scaling\.factor/],
  [changed({ rope_scaling: without(yarn, "original_max_position_embeddings") }), /original_max_position_embeddings/],
  [changed({ rope_scaling: without(yarn, "type") }), /rope_scaling has no type/],
  [changed({ rope_scaling: { ...yarn, type: "linear" } }), /rope_scaling\.type/],
  [changed({ rope_scaling: { ...yarn, factor: 0.5 } }), /rope_scaling\.factor/],
  [changed({ rope_scaling: { ...yarn, beta_fast: 1, beta_slow: 2 } }), /beta_fast 1/],
  [changed({ rope_scaling: { ...yarn, stretch: 1 } }), /rope_scaling\.stretch/],
  [changed({ quantization_config: { quant_method: "awq", weight_block_size: [128, 128] } }), /quant_method/],
  [changed({ quantization_config: { quant_method: "fp8", weight_block_size: [128] } }), /weight_block_size/],
  [changed({ quantization_config: { quant_method: "fp8", weight_block_size: [0, 128] } }), /weight_block_size\.0/],
  [changed({ bos_token_id: 129280 }), /bos_token_id 129280/],
  [changed({ eos_token_id: [1, 129280] }), /eos_token_id 129280/],
  [changed({ eos_token_id: [] }), /eos_token_id/],
  [changed({ eos_token_id: ["1"] }), /eos_token_id/],
  [changed({ q_lora_rank: null }), /q_lora_rank: null.*not supported/],
];

test.each(badConfigs.map(([json, names], i) => ({ i, json, names })))(
  "refuses bad config $i, naming $names",
  ({ json, names }) => {
    const error = thrownBy(() => parseConfig(json));
    expect(error.code).toBe("invalid_config");
    expect(error.message).toMatch(names);
    expect(error.message).toMatch(/; (fix it|make the fields agree)/);
  },
);

const text = JSON.stringify(published);
const badFiles: [string, string | Uint8Array, RegExp][] = [
  ["empty", "", /not JSON/],
  ["cut", text.slice(0, -20), /not JSON/],
  ["duplicate", text.replace("{", '{"n_group":4,'), /"n_group" appears twice/],
  ["escaped-duplicate", text.replace("{", '{"n_gr\\u006fup":4,'), /"n_group" appears twice/],
  ["nested", `{"architectures":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, /nested/],
  ["latin1", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), /not UTF-8/],
];

test.each(badFiles)("refuses a config file: %s", async (name, content, message) => {
  const path = join(dir, `${name}.json`);
  writeFileSync(path, content);
  const error = await readConfig(path).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ModelError);
  expect((error as ModelError).code).toBe("invalid_config");
  expect((error as ModelError).message).toContain(path);
  expect((error as ModelError).message).toMatch(message);
});

test("a directory without config.json is missing_file", async () => {
  await expect(readConfig(dir)).rejects.toMatchObject({ name: "ModelError", code: "missing_file" });
  await expect(readConfig(join(dir, "absent"))).rejects.toMatchObject({ name: "ModelError", code: "missing_file" });
});

function thrownBy(action: () => unknown): ModelError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    return error as ModelError;
  }
  throw new Error("nothing was thrown");
}
