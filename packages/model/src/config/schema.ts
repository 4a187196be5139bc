import * as z from "zod";
import { ropeFields, ropeTheta } from "./rope-schema.js";

/** Sizes beyond this are mistakes: a dimension of 2^31 elements. */
const size = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1);
const count = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31 - 1);
/** transformers 5's words for attention over an indexer's selection, and over everything. */
const LAYER_TYPES = ["indexed_attention", "deepseek_sparse_attention", "full_attention"] as const;
const finite = z.number().refine(Number.isFinite, "must be finite");

/** Weights with a scale for each block. */
const fp8 = z.strictObject({
  quant_method: z.literal("fp8"),
  fmt: z.literal("e4m3").default("e4m3"),
  activation_scheme: z.string().optional(),
  scale_fmt: z.string().optional(),
  weight_block_size: z.tuple([size, size]),
  /** Weights without a scale beside them are read as they are, so the lists need no reading. */
  modules_to_not_convert: z.array(z.string()).nullish(),
  ignored_layers: z.array(z.string()).nullish(),
});

/** Weights as int8 with a scale for each row: all that is read of compressed-tensors. */
const int8Rows = z.strictObject({
  quant_method: z.literal("compressed-tensors"),
  format: z.literal("int-quantized"),
  quantization_status: z.literal("compressed").optional(),
  config_groups: z.record(
    z.string(),
    z.strictObject({
      targets: z.array(z.string()),
      weights: z.strictObject({
        num_bits: z.literal(8),
        type: z.literal("int"),
        symmetric: z.literal(true),
        strategy: z.literal("channel"),
        dynamic: z.literal(false),
      }),
    }),
  ),
  ignore: z.array(z.string()).nullish(),
});

/** A field that must have this value, with what the model would need if it had another. */
const only = <T extends string | number | boolean>(value: T, otherwise: string) =>
  z
    .unknown()
    .refine((found) => found === undefined || found === null || found === value, {
      error: `only ${JSON.stringify(value)} is supported: ${otherwise}`,
    })
    .optional();

/** config.json as DeepSeek-V3, V3.1 and V3.2 and transformers 5 write it. Unknown fields are errors: they could change the numbers. */
export const configSchema = z.strictObject({
  /** kimi_k2 is DeepSeek-V3's network, glm_moe_dsa V3.2's with another rotation in the indexer. */
  model_type: z.enum(["deepseek_v32", "deepseek_v3", "kimi_k2", "glm_moe_dsa"]),
  vocab_size: size,
  hidden_size: size,
  intermediate_size: size,
  moe_intermediate_size: size,
  num_hidden_layers: z.number().int().min(1).max(1024),
  first_k_dense_replace: count.optional(),
  /** As transformers 5 says the same. */
  mlp_layer_types: z.array(z.enum(["dense", "sparse"])).nullish(),
  layer_types: z.array(z.enum(LAYER_TYPES)).nullish(),
  num_attention_heads: size,
  n_routed_experts: count.default(0),
  n_shared_experts: count.default(0),
  num_experts_per_tok: count.default(0),
  n_group: size.default(1),
  topk_group: size.default(1),
  scoring_func: z.enum(["sigmoid", "softmax"]).default("sigmoid"),
  topk_method: z.enum(["noaux_tc", "group_limited_greedy", "greedy"]).default("noaux_tc"),
  norm_topk_prob: z.boolean().default(true),
  routed_scaling_factor: finite.positive().default(1),
  q_lora_rank: size.nullable().transform((rank, context) => {
    if (rank !== null) return rank;
    context.addIssue({ code: "custom", message: "null: models whose queries have no LoRA (q_proj) are not supported" });
    return z.NEVER;
  }),
  kv_lora_rank: size,
  qk_nope_head_dim: size,
  qk_rope_head_dim: size,
  v_head_dim: size,
  index_n_heads: size.optional(),
  index_head_dim: size.optional(),
  index_topk: size.optional(),
  indexer_rope_interleave: z.boolean().optional(),
  indexer_types: z
    .array(z.string())
    .refine((types) => types.every((type) => type === "full"), "indexers that layers share are not supported")
    .nullish(),
  rms_norm_eps: finite.positive().default(1e-6),
  rope_theta: ropeTheta.optional(),
  rope_scaling: ropeFields.nullish(),
  rope_parameters: ropeFields.nullish(),
  max_position_embeddings: size,
  tie_word_embeddings: z.boolean().default(false),
  bos_token_id: count.nullish(),
  eos_token_id: z.union([count, z.array(count).min(1)]).nullish(),
  num_nextn_predict_layers: z.number().int().min(0).max(16).default(0),
  quantization_config: z.discriminatedUnion("quant_method", [fp8, int8Rows]).nullish(),
  // Present in published files; they must say what the network does, or say nothing about it.
  num_key_value_heads: size.optional(),
  head_dim: size.nullish(),
  qk_head_dim: size.nullish(),
  hidden_act: z.literal("silu").default("silu"),
  attention_bias: only(false, "the network has no biases"),
  mlp_bias: only(false, "the network has no biases"),
  rope_interleave: only(true, "MLA turns pairs of neighbours"),
  moe_layer_freq: only(1, "every layer behind the dense ones has experts"),
  moe_router_dtype: only("float32", "the router is computed in float32"),
  index_topk_freq: only(1, "every layer has an indexer of its own"),
  index_topk_pattern: only("", "every layer has an indexer of its own"),
  attention_dropout: z.literal(0).optional(),
  ...Object.fromEntries(
    [
      "_attn_implementation",
      "_name_or_path",
      "architectures",
      "auto_map",
      "aux_loss_alpha",
      "dtype",
      "ep_size",
      "index_share_for_mtp_iteration",
      "index_skip_topk_offset",
      "initializer_range",
      "output_router_logits",
      "pad_token_id",
      "pretraining_tp",
      "router_aux_loss_coef",
      "seq_aux",
      "torch_dtype",
      "transformers_version",
      "unsloth_fixed",
      "unsloth_version",
      "use_cache",
    ].map((field) => [field, z.unknown().optional()]),
  ),
});

export type RawConfig = z.infer<typeof configSchema>;
