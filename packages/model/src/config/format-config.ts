import { stringifyWithFloats } from "../json/float-fields.js";
import type { ModelConfig } from "./config.js";
import { transformersFactor, yarnAttentionFactor } from "./yarn.js";

/** Fields of config.json and generation_config.json that are floating-point numbers, whole or not. */
const FLOATS: ReadonlySet<string> = new Set([
  "routed_scaling_factor",
  "rms_norm_eps",
  "rope_theta",
  "factor",
  "beta_fast",
  "beta_slow",
  "mscale",
  "mscale_all_dim",
  "attention_factor",
  "temperature",
  "top_p",
]);

/** A config as the text of its file: floating-point numbers keep their point. */
export function configText(config: Readonly<Record<string, unknown>>): string {
  return stringifyWithFloats(config, FLOATS);
}

/** config.json of a model, with the published field names. `parseConfig` reads it back. FP8 is not written. */
export function formatConfig(config: ModelConfig, torchDtype = "bfloat16"): Record<string, unknown> {
  const { indexer, ropeScaling: yarn } = config;
  return {
    ...architecture(config),
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    moe_intermediate_size: config.moeIntermediateSize,
    num_hidden_layers: config.numHiddenLayers,
    first_k_dense_replace: config.firstKDenseReplace,
    num_attention_heads: config.numAttentionHeads,
    num_key_value_heads: config.numAttentionHeads,
    n_routed_experts: config.nRoutedExperts,
    n_shared_experts: config.nSharedExperts,
    num_experts_per_tok: config.numExpertsPerTok,
    n_group: config.nGroup,
    topk_group: config.topkGroup,
    scoring_func: config.scoringFunc,
    topk_method: config.topkMethod,
    norm_topk_prob: config.normTopkProb,
    routed_scaling_factor: config.routedScalingFactor,
    q_lora_rank: config.qLoraRank,
    kv_lora_rank: config.kvLoraRank,
    qk_nope_head_dim: config.qkNopeHeadDim,
    qk_rope_head_dim: config.qkRopeHeadDim,
    v_head_dim: config.vHeadDim,
    ...(indexer ? { index_n_heads: indexer.nHeads, index_head_dim: indexer.headDim, index_topk: indexer.topk } : {}),
    ...(indexer?.ropeInterleaved ? { indexer_rope_interleave: true } : {}),
    rms_norm_eps: config.rmsNormEps,
    rope_theta: config.ropeTheta,
    rope_scaling: yarn
      ? {
          type: "yarn",
          factor: yarn.factor,
          original_max_position_embeddings: yarn.originalMaxPositionEmbeddings,
          beta_fast: yarn.betaFast,
          beta_slow: yarn.betaSlow,
          mscale: yarn.mscale,
          mscale_all_dim: yarn.mscaleAllDim,
          // Only said where others would compute another one.
          ...(yarnAttentionFactor(yarn) !== transformersFactor(yarn) || yarn.attentionFactor !== undefined
            ? { attention_factor: yarnAttentionFactor(yarn) }
            : {}),
        }
      : null,
    max_position_embeddings: config.maxPositionEmbeddings,
    tie_word_embeddings: config.tieWordEmbeddings,
    bos_token_id: config.bosTokenId ?? null,
    eos_token_id: config.eosTokenIds?.length === 1 ? config.eosTokenIds[0] : (config.eosTokenIds ?? null),
    num_nextn_predict_layers: config.numNextnPredictLayers,
    hidden_act: "silu",
    attention_bias: false,
    moe_layer_freq: 1,
    torch_dtype: torchDtype,
  };
}

/** Names by which other programs find the network: theirs for an interleaved indexer is GLM's. */
function architecture({ indexer }: ModelConfig): { architectures: string[]; model_type: string } {
  if (!indexer) return { architectures: ["DeepseekV3ForCausalLM"], model_type: "deepseek_v3" };
  if (indexer.ropeInterleaved) return { architectures: ["GlmMoeDsaForCausalLM"], model_type: "glm_moe_dsa" };
  return { architectures: ["DeepseekV32ForCausalLM"], model_type: "deepseek_v32" };
}
