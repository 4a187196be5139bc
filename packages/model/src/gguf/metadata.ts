import type { ModelConfig } from "../config/index.js";
import { ModelError } from "../errors.js";
import { ropeFrequencies } from "../network/rope.js";
import type { GgmlType, GgufValue } from "./gguf-file.js";
import { needsYarn } from "./llama-rotation.js";

const ARCHITECTURE = "deepseek32";
const FILE_TYPES: Record<GgmlType, number> = { f32: 0, q8_0: 7, bf16: 32 };

/** llama.cpp wants indexer heads of a power of two, at least 64 wide; narrower ones are widened without changing a score. */
export const MIN_INDEXER_DIM = 64;

/** @throws ModelError `invalid_config` for what llama.cpp's deepseek32 cannot hold. */
export function requireExportable(config: ModelConfig): void {
  const fail = (reason: string): never => {
    throw new ModelError("invalid_config", `${reason}; llama.cpp's deepseek32 cannot hold that`);
  };
  const { indexer } = config;
  if (!indexer) fail("the model has no lightning indexer");
  else if (Math.log2(indexer.headDim) % 1 !== 0 || 2 * indexer.headDim < MIN_INDEXER_DIM)
    fail(`index_head_dim ${indexer.headDim} is no power of two from ${MIN_INDEXER_DIM / 2}`);
  if (config.nSharedExperts < 1) fail("the model has no shared expert");
  if (!hasUsualBetas(config))
    fail(
      `beta_fast ${config.ropeScaling?.betaFast} and beta_slow ${config.ropeScaling?.betaSlow} turn otherwise than 32 and 1, which it takes always`,
    );
  if (config.topkMethod !== "noaux_tc") fail(`topk_method ${config.topkMethod} selects otherwise`);
}

/** llama.cpp reads neither of YaRN's betas for this architecture: they must make no difference. */
function hasUsualBetas(config: ModelConfig): boolean {
  const yarn = config.ropeScaling;
  if (!yarn) return true;
  const usual = ropeFrequencies({ ...config, ropeScaling: { ...yarn, betaFast: 32, betaSlow: 1 } });
  return ropeFrequencies(config).every((frequency, i) => frequency === usual[i]);
}

/** Key-value pairs that describe the network (not the tokenizer). */
export function modelMetadata(config: ModelConfig, name: string, type: GgmlType): Map<string, GgufValue> {
  const metadata = new Map<string, GgufValue>();
  const u32 = (key: string, value: number) => metadata.set(`${ARCHITECTURE}.${key}`, { type: "u32", value });
  const f32 = (key: string, value: number) => metadata.set(`${ARCHITECTURE}.${key}`, { type: "f32", value });
  const { qkNopeHeadDim: nope, qkRopeHeadDim: rope, kvLoraRank, vHeadDim } = config;
  const indexer = config.indexer!;
  metadata.set("general.architecture", { type: "string", value: ARCHITECTURE });
  metadata.set("general.name", { type: "string", value: name });
  metadata.set("general.file_type", { type: "u32", value: FILE_TYPES[type] });
  if (type === "q8_0") metadata.set("general.quantization_version", { type: "u32", value: 2 });
  u32("vocab_size", config.vocabSize);
  u32("context_length", config.maxPositionEmbeddings);
  u32("embedding_length", config.hiddenSize);
  u32("block_count", config.numHiddenLayers);
  u32("feed_forward_length", config.intermediateSize);
  u32("leading_dense_block_count", config.firstKDenseReplace);
  u32("attention.head_count", config.numAttentionHeads);
  u32("attention.head_count_kv", 1);
  f32("attention.layer_norm_rms_epsilon", config.rmsNormEps);
  u32("attention.q_lora_rank", config.qLoraRank);
  u32("attention.kv_lora_rank", kvLoraRank);
  u32("attention.key_length", kvLoraRank + rope);
  u32("attention.value_length", kvLoraRank);
  u32("attention.key_length_mla", nope + rope);
  u32("attention.value_length_mla", vHeadDim);
  u32("attention.indexer.head_count", indexer.nHeads);
  u32("attention.indexer.key_length", Math.max(indexer.headDim, MIN_INDEXER_DIM));
  u32("attention.indexer.top_k", indexer.topk);
  u32("rope.dimension_count", rope);
  f32("rope.freq_base", config.ropeTheta);
  u32("expert_count", config.nRoutedExperts);
  u32("expert_used_count", config.numExpertsPerTok);
  u32("expert_feed_forward_length", config.moeIntermediateSize);
  u32("expert_shared_count", config.nSharedExperts);
  u32("expert_gating_func", config.scoringFunc === "sigmoid" ? 2 : 1);
  f32("expert_weights_scale", config.routedScalingFactor);
  metadata.set(`${ARCHITECTURE}.expert_weights_norm`, { type: "bool", value: config.normTopkProb });
  const allGroups = config.topkGroup === config.nGroup;
  u32("expert_group_count", allGroups ? 1 : config.nGroup);
  u32("expert_group_used_count", allGroups ? 1 : config.topkGroup);
  if (needsYarn(config)) {
    const yarn = config.ropeScaling!;
    metadata.set(`${ARCHITECTURE}.rope.scaling.type`, { type: "string", value: "yarn" });
    f32("rope.scaling.factor", yarn.factor);
    u32("rope.scaling.original_context_length", yarn.originalMaxPositionEmbeddings);
    f32("rope.scaling.yarn_beta_fast", yarn.betaFast);
    f32("rope.scaling.yarn_beta_slow", yarn.betaSlow);
    // Both magnitudes 1: see llama-rotation.ts.
    f32("rope.scaling.yarn_log_multiplier", 0.1);
  }
  return metadata;
}
