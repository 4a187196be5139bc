import { statSync } from "node:fs";
import { join } from "node:path";
import { ModelError } from "../errors.js";
import { readJson } from "../json/read-json.js";
import type { ModelConfig } from "./config.js";
import { configSchema, type RawConfig } from "./schema.js";

/**
 * Checks a parsed config.json.
 * @throws ModelError `invalid_config` naming the field, for unknown, missing, wrong or inconsistent fields.
 */
export function parseConfig(json: unknown, where = "config.json"): ModelConfig {
  const result = configSchema.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    const path = [...issue.path];
    if (issue.code === "unrecognized_keys") path.push(issue.keys[0]!);
    const field = path.join(".") || "(top level)";
    const reason = issue.code === "unrecognized_keys" ? "is not a field of this architecture" : issue.message;
    throw new ModelError(
      "invalid_config",
      `${where}: ${field}: ${reason}; fix it, or check that this is a DeepSeek-V3 or V3.2 model`,
    );
  }
  const raw = result.data;
  for (const [wrong, reason] of inconsistencies(raw))
    if (wrong) throw new ModelError("invalid_config", `${where}: ${reason}; make the fields agree`);
  return toConfig(raw);
}

/** Reads config.json from a checkpoint directory, or a config file itself. @throws ModelError. */
export async function readConfig(path: string): Promise<ModelConfig> {
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const file = isDirectory ? join(path, "config.json") : path;
  return parseConfig(await readJson(file, "invalid_config"), file);
}

function* inconsistencies(raw: RawConfig): Generator<[boolean, string]> {
  const experts = raw.n_routed_experts;
  const mtpMoe = experts > 0 ? raw.num_nextn_predict_layers : 0;
  const moeLayers = raw.num_hidden_layers - raw.first_k_dense_replace + mtpMoe;
  yield [
    moeLayers < mtpMoe,
    `first_k_dense_replace ${raw.first_k_dense_replace} exceeds ${raw.num_hidden_layers} layers`,
  ];
  yield [moeLayers > 0 && experts === 0, "n_routed_experts is missing, but not all layers are dense"];
  yield [raw.num_experts_per_tok < 1 && moeLayers > 0, "num_experts_per_tok must be at least 1"];
  yield [experts > 0 && experts % raw.n_group !== 0, `n_group ${raw.n_group} does not divide ${experts} experts`];
  yield [raw.topk_group > raw.n_group, `topk_group ${raw.topk_group} exceeds n_group ${raw.n_group}`];
  yield [
    moeLayers > 0 && raw.num_experts_per_tok > (experts / raw.n_group) * raw.topk_group,
    `num_experts_per_tok ${raw.num_experts_per_tok} exceeds the experts of ${raw.topk_group} groups`,
  ];
  yield [
    moeLayers > 0 && raw.topk_method === "noaux_tc" && raw.n_group > 1 && experts / raw.n_group < 2,
    `n_group ${raw.n_group} leaves one expert in a group, but noaux_tc ranks groups by their two best`,
  ];
  yield [raw.qk_rope_head_dim % 2 !== 0, `qk_rope_head_dim ${raw.qk_rope_head_dim} must be even`];
  const indexer = [raw.index_n_heads, raw.index_head_dim, raw.index_topk];
  const given = indexer.filter((field) => field !== undefined).length;
  yield [given > 0 && given < 3, "index_n_heads, index_head_dim and index_topk must all be given, or none"];
  yield [
    raw.model_type === "deepseek_v32" && given === 0,
    "model_type deepseek_v32 needs index_n_heads, index_head_dim and index_topk",
  ];
  yield [
    raw.index_head_dim !== undefined && raw.index_head_dim < raw.qk_rope_head_dim,
    `index_head_dim ${raw.index_head_dim} is smaller than qk_rope_head_dim ${raw.qk_rope_head_dim}`,
  ];
  const yarn = raw.rope_scaling;
  yield [
    !!yarn && !yarn.type && !yarn.rope_type,
    'rope_scaling has no type; "yarn" is the only one this architecture uses',
  ];
  yield [
    !!yarn && yarn.beta_fast <= yarn.beta_slow,
    `rope_scaling.beta_fast ${yarn?.beta_fast} must exceed beta_slow ${yarn?.beta_slow}`,
  ];
  for (const field of ["bos_token_id", "eos_token_id"] as const)
    yield [
      (raw[field] ?? 0) >= raw.vocab_size,
      `${field} ${raw[field]} is outside the vocabulary of ${raw.vocab_size}`,
    ];
}

function toConfig(raw: RawConfig): ModelConfig {
  const yarn = raw.rope_scaling;
  return {
    vocabSize: raw.vocab_size,
    hiddenSize: raw.hidden_size,
    intermediateSize: raw.intermediate_size,
    moeIntermediateSize: raw.moe_intermediate_size,
    numHiddenLayers: raw.num_hidden_layers,
    firstKDenseReplace: raw.first_k_dense_replace,
    numAttentionHeads: raw.num_attention_heads,
    nRoutedExperts: raw.n_routed_experts,
    nSharedExperts: raw.n_shared_experts,
    numExpertsPerTok: raw.num_experts_per_tok,
    nGroup: raw.n_group,
    topkGroup: raw.topk_group,
    scoringFunc: raw.scoring_func,
    topkMethod: raw.topk_method,
    normTopkProb: raw.norm_topk_prob,
    routedScalingFactor: raw.routed_scaling_factor,
    qLoraRank: raw.q_lora_rank,
    kvLoraRank: raw.kv_lora_rank,
    qkNopeHeadDim: raw.qk_nope_head_dim,
    qkRopeHeadDim: raw.qk_rope_head_dim,
    vHeadDim: raw.v_head_dim,
    ...(raw.index_topk !== undefined
      ? { indexer: { nHeads: raw.index_n_heads!, headDim: raw.index_head_dim!, topk: raw.index_topk } }
      : {}),
    rmsNormEps: raw.rms_norm_eps,
    ropeTheta: raw.rope_theta,
    ...(yarn
      ? {
          ropeScaling: {
            factor: yarn.factor,
            originalMaxPositionEmbeddings: yarn.original_max_position_embeddings,
            betaFast: yarn.beta_fast,
            betaSlow: yarn.beta_slow,
            mscale: yarn.mscale,
            mscaleAllDim: yarn.mscale_all_dim,
          },
        }
      : {}),
    maxPositionEmbeddings: raw.max_position_embeddings,
    tieWordEmbeddings: raw.tie_word_embeddings,
    ...(raw.bos_token_id != null ? { bosTokenId: raw.bos_token_id } : {}),
    ...(raw.eos_token_id != null ? { eosTokenId: raw.eos_token_id } : {}),
    numNextnPredictLayers: Math.min(raw.num_nextn_predict_layers, 1),
    ...(raw.quantization_config ? { weightBlockSize: raw.quantization_config.weight_block_size } : {}),
  };
}
