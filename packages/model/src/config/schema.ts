import { z } from "zod";

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
const finite = z.number().refine(Number.isFinite, "must be finite");

const yarn = z.strictObject({
  type: z.literal("yarn").optional(),
  rope_type: z.literal("yarn").optional(),
  factor: finite.min(1),
  original_max_position_embeddings: size,
  beta_fast: finite.positive().default(32),
  beta_slow: finite.positive().default(1),
  mscale: finite.min(0).default(1),
  mscale_all_dim: finite.min(0).default(0),
  /** Newer files repeat it here. */
  rope_theta: finite.positive().optional(),
});

const quantization = z.strictObject({
  quant_method: z.literal("fp8"),
  fmt: z.literal("e4m3").default("e4m3"),
  activation_scheme: z.string().optional(),
  scale_fmt: z.string().optional(),
  weight_block_size: z.tuple([size, size]),
});

/** config.json as DeepSeek-V3, V3.1 and V3.2 publish it. Unknown fields are errors: they could change the numbers. */
export const configSchema = z.strictObject({
  model_type: z.enum(["deepseek_v32", "deepseek_v3"]),
  vocab_size: size,
  hidden_size: size,
  intermediate_size: size,
  moe_intermediate_size: size,
  num_hidden_layers: z.number().int().min(1).max(1024),
  first_k_dense_replace: count.default(0),
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
  q_lora_rank: size,
  kv_lora_rank: size,
  qk_nope_head_dim: size,
  qk_rope_head_dim: size,
  v_head_dim: size,
  index_n_heads: size.optional(),
  index_head_dim: size.optional(),
  index_topk: size.optional(),
  rms_norm_eps: finite.positive().default(1e-6),
  /** 1 would rotate every pair alike. */
  rope_theta: finite.gt(1).default(10000),
  rope_scaling: yarn.nullish(),
  max_position_embeddings: size,
  tie_word_embeddings: z.boolean().default(false),
  bos_token_id: count.nullish(),
  eos_token_id: count.nullish(),
  num_nextn_predict_layers: z.number().int().min(0).max(16).default(0),
  quantization_config: quantization.optional(),
  // Present in published files; they must say what the network does, or say nothing about it.
  num_key_value_heads: size.optional(),
  hidden_act: z.literal("silu").default("silu"),
  attention_bias: z.literal(false).optional(),
  moe_layer_freq: z.literal(1).optional(),
  attention_dropout: z.literal(0).optional(),
  ...Object.fromEntries(
    [
      "architectures",
      "auto_map",
      "aux_loss_alpha",
      "dtype",
      "ep_size",
      "initializer_range",
      "pad_token_id",
      "pretraining_tp",
      "seq_aux",
      "torch_dtype",
      "transformers_version",
      "use_cache",
    ].map((field) => [field, z.unknown().optional()]),
  ),
});

export type RawConfig = z.infer<typeof configSchema>;
