import { type Device, Random, type Tensor } from "@cachalot/tensor";
import { type ModelConfig, parseConfig } from "../config/index.js";
import { parameterSpecs } from "../network/index.js";

/** Two layers, one of them dense, with a multi-token-prediction layer behind them. */
export const tinyMtpConfig: ModelConfig = parseConfig({
  model_type: "deepseek_v32",
  vocab_size: 40,
  hidden_size: 32,
  intermediate_size: 48,
  moe_intermediate_size: 16,
  num_hidden_layers: 2,
  first_k_dense_replace: 1,
  num_attention_heads: 4,
  n_routed_experts: 4,
  n_shared_experts: 1,
  num_experts_per_tok: 2,
  q_lora_rank: 24,
  kv_lora_rank: 16,
  qk_nope_head_dim: 8,
  qk_rope_head_dim: 8,
  v_head_dim: 8,
  index_n_heads: 4,
  index_head_dim: 16,
  index_topk: 12,
  max_position_embeddings: 256,
  num_nextn_predict_layers: 1,
});

/** Parameters large enough that logits differ, norms and biases included. */
export function tinyParameters(config: ModelConfig, device: Device, seed: number): Map<string, Tensor> {
  const random = new Random(seed);
  const parameters = new Map<string, Tensor>();
  for (const { name, shape, kind } of parameterSpecs(config)) {
    const size = shape.reduce((product, dim) => product * dim, 1);
    const values = Float32Array.from({ length: size }, () => random.normal() * 0.2 + (kind === "norm" ? 1 : 0));
    parameters.set(name, device.from("f32", shape, values));
  }
  return parameters;
}
