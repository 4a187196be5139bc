import { expect, test } from "vitest";
import { ModelError } from "../errors.js";
import { publishedConfig } from "../testing/published-config.js";
import { formatConfig, parseConfig } from "./index.js";

/** The published V3.2 config as transformers 5 writes it: RoPE in one object, layers named one by one, derived sizes beside. */
function written(fields: Record<string, unknown> = {}): Record<string, unknown> {
  const { rope_scaling, rope_theta, quantization_config, torch_dtype, ...rest } = publishedConfig as Record<
    string,
    unknown
  >;
  const { type, ...yarn } = rope_scaling as Record<string, unknown>;
  const all = {
    ...rest,
    dtype: "bfloat16",
    head_dim: 64,
    qk_head_dim: 192,
    mlp_bias: false,
    rope_interleave: true,
    mlp_layer_types: Array.from({ length: 61 }, (_, i) => (i < 3 ? "dense" : "sparse")),
    layer_types: new Array(61).fill("indexed_attention"),
    rope_parameters: { ...yarn, rope_type: type, rope_theta },
    transformers_version: "5.18.0",
    ...fields,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

test("a config written by transformers 5 is the published one", () => {
  const { weightBlockSize, ...published } = parseConfig(publishedConfig);
  expect(weightBlockSize).toEqual([128, 128]);
  expect(parseConfig(written())).toEqual(published);
  expect(parseConfig(written({ first_k_dense_replace: undefined })).firstKDenseReplace).toBe(3);
  const dense = { first_k_dense_replace: undefined, mlp_layer_types: new Array(61).fill("dense") };
  expect(parseConfig(written(dense)).firstKDenseReplace).toBe(61);
});

const yarn = { rope_type: "yarn", factor: 4, original_max_position_embeddings: 4096 };

test("rope_theta counts wherever it stands, and the default rotation is none", () => {
  const alone = (fields: Record<string, unknown>) => {
    const { ropeTheta, ropeScaling } = parseConfig(written({ rope_parameters: undefined, ...fields }));
    return [ropeTheta, ropeScaling?.factor];
  };
  expect(alone({})).toEqual([10_000, undefined]);
  expect(alone({ rope_theta: 50_000 })).toEqual([50_000, undefined]);
  expect(alone({ rope_scaling: { ...yarn, rope_theta: 50_000 } })).toEqual([50_000, 4]);
  expect(alone({ rope_scaling: { ...yarn, rope_theta: 50_000 }, rope_theta: 50_000 })).toEqual([50_000, 4]);
  expect(alone({ rope_parameters: { rope_type: "default", rope_theta: 8e6 } })).toEqual([8e6, undefined]);
  expect(alone({ rope_parameters: { rope_theta: 8e6 } })).toEqual([8e6, undefined]);
  expect(alone({ rope_scaling: { type: "default" } })).toEqual([10_000, undefined]);
  expect(alone({ rope_scaling: { ...yarn, type: "yarn" }, rope_parameters: { ...yarn, rope_theta: 20_000 } })).toEqual([
    20_000, 4,
  ]);
});

const m = (s: number) => 0.1 * s * Math.log(4) + 1;

/** What a YaRN object of either name says; the default number is the one that goes without saying. */
const magnitudes = (name: "rope_scaling" | "rope_parameters", fields: Record<string, unknown>) => {
  const config = parseConfig(written({ rope_parameters: undefined, [name]: { ...yarn, ...fields } }));
  const { mscale, mscaleAllDim, attentionFactor } = config.ropeScaling!;
  return [mscale, mscaleAllDim, attentionFactor];
};

test("absent magnitudes are 1 and 0, as the authors' code has them; null is absent", () => {
  for (const name of ["rope_scaling", "rope_parameters"] as const) {
    expect(magnitudes(name, {})).toEqual([1, 0, undefined]);
    expect(magnitudes(name, { mscale: null, mscale_all_dim: null, attention_factor: null })).toEqual([1, 0, undefined]);
    expect(magnitudes(name, { mscale: 0.7, mscale_all_dim: 1 })).toEqual([0.7, 1, undefined]);
    expect(magnitudes(name, { attention_factor: 1.25 })).toEqual([1, 0, 1.25]);
  }
  expect(magnitudes("rope_scaling", { mscale: 0.7 })).toEqual([0.7, 0, undefined]);
  expect(magnitudes("rope_scaling", { mscale_all_dim: 1 })).toEqual([1, 1, undefined]);
});

test("of one magnitude alone transformers makes another factor: rope_parameters mean it", () => {
  expect(magnitudes("rope_parameters", { mscale: 0.7 })).toEqual([0.7, 0, m(1)]);
  expect(magnitudes("rope_parameters", { mscale_all_dim: 1 })).toEqual([1, 1, m(1)]);
  expect(magnitudes("rope_parameters", { mscale: 0, mscale_all_dim: 0 })).toEqual([0, 0, m(1)]);
});

test("a factor that others would compute otherwise is written", () => {
  const rewritten = (fields: Record<string, unknown>) => {
    const config = parseConfig(written({ rope_parameters: undefined, rope_scaling: { ...yarn, ...fields } }));
    return (formatConfig(config).rope_scaling as { attention_factor?: number }).attention_factor;
  };
  expect(rewritten({})).toBeUndefined();
  expect(rewritten({ mscale: 0.5, mscale_all_dim: 1 })).toBeUndefined();
  expect(rewritten({ mscale: 0.7 })).toBeCloseTo(m(0.7), 12);
});

test.each<[Record<string, unknown>, RegExp]>([
  [{ head_dim: 65 }, /head_dim 65/],
  [{ qk_head_dim: 128 }, /qk_head_dim 128 is not .* 128 \+ .* 64/],
  [{ mlp_bias: true }, /mlp_bias.*no biases/],
  [{ rope_interleave: false }, /rope_interleave/],
  [{ moe_router_dtype: "bfloat16" }, /moe_router_dtype/],
  [{ mlp_layer_types: new Array(60).fill("sparse") }, /mlp_layer_types names 60 layers/],
  [{ mlp_layer_types: new Array(61).fill("sparse") }, /mlp_layer_types does not name 3 dense/],
  [{ mlp_layer_types: ["sparse"] }, /mlp_layer_types/],
  [{ layer_types: new Array(60).fill("indexed_attention") }, /layer_types names 60/],
  [{ layer_types: ["full_attention", ...new Array(60).fill("indexed_attention")] }, /layer_types must be/],
  [{ layer_types: new Array(61).fill("sliding_attention") }, /layer_types\.0/],
  [{ rope_theta: 20_000 }, /rope_parameters\.rope_theta is 10000, but rope_theta is 20000/],
  [
    { rope_scaling: { ...yarn, rope_theta: 3 } },
    /rope_parameters\.rope_theta is 10000, but rope_scaling\.rope_theta is 3/,
  ],
  [{ rope_scaling: { ...yarn, factor: 5 } }, /rope_scaling and rope_parameters/],
  [{ rope_scaling: { type: "default" } }, /rope_scaling and rope_parameters/],
  [{ rope_parameters: { ...yarn, type: "default" } }, /rope_parameters\.type is "default", but rope_type is "yarn"/],
  [{ rope_parameters: { rope_type: "llama3", factor: 8 } }, /rope_parameters\.rope_type/],
  [{ rope_parameters: { ...yarn, partial_rotary_factor: 0.5 } }, /partial_rotary_factor 0\.5/],
  [{ rope_parameters: { ...yarn, truncate: false } }, /truncate/],
  [{ rope_parameters: { ...yarn, beta_fast: 1, beta_slow: 1.5 } }, /rope_parameters\.beta_fast 1 is below/],
  [{ rope_parameters: { ...yarn, original_max_position_embeddings: undefined } }, /original_max_position_embeddings/],
  [{ indexer_types: ["full", "shared"] }, /indexer_types.*share/],
  [{ index_topk_freq: 4 }, /index_topk_freq/],
])("refuses fields that do not agree: %j", (fields, names) => {
  let error: unknown;
  try {
    parseConfig(JSON.parse(JSON.stringify(written(fields))));
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(ModelError);
  expect((error as ModelError).message).toMatch(names);
});

test("fields that fine-tuning tools add say nothing about the network", () => {
  const added = {
    _name_or_path: "base",
    _attn_implementation: "eager",
    quantization_config: null,
    indexer_types: new Array(61).fill("full"),
    unsloth_version: "1",
    router_aux_loss_coef: 0.001,
    rope_scaling: null,
  };
  expect(parseConfig(written(added))).toEqual(parseConfig(written()));
  const kept = {
    quant_method: "fp8",
    weight_block_size: [128, 128],
    modules_to_not_convert: ["lm_head"],
    ignored_layers: null,
  };
  expect(parseConfig(written({ quantization_config: kept })).weightBlockSize).toEqual([128, 128]);
});

test("several end tokens are kept, in their order", () => {
  const config = parseConfig(written({ eos_token_id: [1, 3, 2] }));
  expect(config.eosTokenIds).toEqual([1, 3, 2]);
  expect(formatConfig(config).eos_token_id).toEqual([1, 3, 2]);
});

test("Kimi-K2 is DeepSeek-V3's network: its type is another name, and its two betas are equal", () => {
  const kimi = parseConfig({
    ...publishedConfig,
    model_type: "kimi_k2",
    index_n_heads: undefined,
    index_head_dim: undefined,
    index_topk: undefined,
    n_routed_experts: 384,
    n_group: 1,
    topk_group: 1,
    rope_scaling: { ...yarn, beta_fast: 1, beta_slow: 1, mscale: 1, mscale_all_dim: 1 },
  });
  expect(kimi.ropeScaling).toMatchObject({ betaFast: 1, betaSlow: 1 });
  expect(formatConfig(kimi)).toMatchObject({ model_type: "deepseek_v3" });
});

test("GLM-5 is V3.2's network with an interleaved indexer, and stays GLM-5 when written", () => {
  const glm = parseConfig(written({ model_type: "glm_moe_dsa", head_dim: 128, eos_token_id: [5, 6] }));
  expect(glm.indexer).toEqual({ nHeads: 64, headDim: 128, topk: 2048, ropeInterleaved: true });
  expect(formatConfig(glm)).toMatchObject({
    model_type: "glm_moe_dsa",
    architectures: ["GlmMoeDsaForCausalLM"],
    indexer_rope_interleave: true,
  });
  const plain = parseConfig(written({ model_type: "glm_moe_dsa", indexer_rope_interleave: false }));
  expect(plain.indexer).not.toHaveProperty("ropeInterleaved");
});
