import { ModelError } from "../errors.js";
import { readJson } from "../json/read-json.js";
import { sourceOf } from "../source/open.js";
import type { CheckpointLocation } from "../source/source.js";
import type { ModelConfig } from "./config.js";
import { resolveRope } from "./resolve-rope.js";
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
  const fail = (reason: string): never => {
    throw new ModelError("invalid_config", `${where}: ${reason}; make the fields agree`);
  };
  const raw = { ...result.data, first_k_dense_replace: leadingDenseLayers(result.data) };
  for (const [wrong, reason] of inconsistencies(raw)) if (wrong) fail(reason);
  return { ...toConfig(raw), ...resolveRope(raw, fail) };
}

/** Reads config.json of a checkpoint, or a config file itself. @throws ModelError. */
export async function readConfig(location: CheckpointLocation): Promise<ModelConfig> {
  const source = sourceOf(location);
  const name = source.file?.endsWith(".json") ? source.file : "config.json";
  const { json, path } = await readJson(source, name, "invalid_config");
  return parseConfig(json, path);
}

/** A config whose count of leading dense layers is known. */
type CountedConfig = RawConfig & { first_k_dense_replace: number };

/** first_k_dense_replace, or what mlp_layer_types says in its place. */
function leadingDenseLayers(raw: RawConfig): number {
  if (raw.first_k_dense_replace !== undefined) return raw.first_k_dense_replace;
  const firstSparse = raw.mlp_layer_types?.indexOf("sparse") ?? 0;
  return firstSparse < 0 ? raw.num_hidden_layers : firstSparse;
}

/** What transformers 5 says a second time, and must say alike. */
function* repetitions(raw: CountedConfig): Generator<[boolean, string]> {
  const { num_hidden_layers: layers, first_k_dense_replace: dense } = raw;
  const mlps = raw.mlp_layer_types;
  yield [!!mlps && mlps.length !== layers, `mlp_layer_types names ${mlps?.length} layers, but there are ${layers}`];
  yield [
    !!mlps?.some((type, i) => type !== (i < dense ? "dense" : "sparse")),
    `mlp_layer_types does not name ${dense} dense layers (first_k_dense_replace) and sparse ones behind them`,
  ];
  const kinds = raw.layer_types;
  yield [!!kinds && kinds.length !== layers, `layer_types names ${kinds?.length} layers, but there are ${layers}`];
  const attention = raw.index_topk === undefined ? "full_attention" : "indexed_attention";
  yield [
    !!kinds?.some((kind) => (kind === "full_attention") !== (attention === "full_attention")),
    `layer_types must be "${attention}" for every layer of a model ${raw.index_topk === undefined ? "without" : "with"} an indexer`,
  ];
  const { qk_nope_head_dim: nope, qk_rope_head_dim: rope, qk_head_dim: qk, head_dim: head } = raw;
  yield [
    qk != null && qk !== nope + rope,
    `qk_head_dim ${qk} is not qk_nope_head_dim ${nope} + qk_rope_head_dim ${rope}`,
  ];
  // Its meaning moved between versions of transformers: the rotated part, or the other one, or both.
  yield [
    head != null && ![rope, nope, nope + rope].includes(head),
    `head_dim ${head} is neither qk_rope_head_dim ${rope} nor qk_nope_head_dim ${nope} nor their sum`,
  ];
}

function* inconsistencies(raw: CountedConfig): Generator<[boolean, string]> {
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
  const grouped = raw.topk_method !== "greedy";
  yield [
    moeLayers > 0 && raw.num_experts_per_tok > (grouped ? (experts / raw.n_group) * raw.topk_group : experts),
    `num_experts_per_tok ${raw.num_experts_per_tok} exceeds the experts${grouped ? ` of ${raw.topk_group} groups` : ""}`,
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
    (raw.model_type === "deepseek_v32" || raw.model_type === "glm_moe_dsa") && given === 0,
    `model_type ${raw.model_type} needs index_n_heads, index_head_dim and index_topk`,
  ];
  yield [
    raw.index_head_dim !== undefined && raw.index_head_dim < raw.qk_rope_head_dim,
    `index_head_dim ${raw.index_head_dim} is smaller than qk_rope_head_dim ${raw.qk_rope_head_dim}`,
  ];
  for (const [field, ids] of [
    ["bos_token_id", [raw.bos_token_id ?? 0]],
    ["eos_token_id", [raw.eos_token_id ?? 0].flat()],
  ] as const)
    for (const id of ids) yield [id >= raw.vocab_size, `${field} ${id} is outside the vocabulary of ${raw.vocab_size}`];
  yield* repetitions(raw);
}

function toConfig(raw: CountedConfig): Omit<ModelConfig, "ropeTheta" | "ropeScaling"> {
  const turnsNeighbours = raw.indexer_rope_interleave ?? raw.model_type === "glm_moe_dsa";
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
      ? {
          indexer: {
            nHeads: raw.index_n_heads!,
            headDim: raw.index_head_dim!,
            topk: raw.index_topk,
            ...(turnsNeighbours ? { ropeInterleaved: true } : {}),
          },
        }
      : {}),
    rmsNormEps: raw.rms_norm_eps,
    maxPositionEmbeddings: raw.max_position_embeddings,
    tieWordEmbeddings: raw.tie_word_embeddings,
    ...(raw.bos_token_id != null ? { bosTokenId: raw.bos_token_id } : {}),
    ...(raw.eos_token_id != null ? { eosTokenIds: [raw.eos_token_id].flat() } : {}),
    numNextnPredictLayers: Math.min(raw.num_nextn_predict_layers, 1),
    ...(raw.quantization_config?.quant_method === "fp8"
      ? { weightBlockSize: raw.quantization_config.weight_block_size }
      : {}),
  };
}
