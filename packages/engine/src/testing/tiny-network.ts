/** The network itself, tiny: what tests of the engine on a real model are made with. */

import { type ModelConfig, type ParameterSpec, parameterSpecs, parseConfig } from "@cachalot/model";
import { defaultDevice, type Random, type Tensor } from "@cachalot/tensor";
import type { EngineTokenizer } from "../language-model.js";

/** @param fields those that differ, as a config.json names them */
export function tinyConfig(fields: Record<string, unknown>): ModelConfig {
  return parseConfig({
    model_type: "deepseek_v32",
    vocab_size: 30,
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
    index_topk: 24,
    max_position_embeddings: 256,
    ...fields,
  });
}

/** A letter a token; the last one ends answers. */
export const letters: EngineTokenizer = {
  vocabSize: 30,
  eosTokenId: 29,
  encode: (text) => [...text].map((letter) => letter.charCodeAt(0) - 97),
  tokenBytes: (id) => Uint8Array.of(id === 29 ? 46 : 97 + id),
  tokenToId: () => undefined,
};

/** Normally distributed weights; norms are 1. `change` may put other values into a parameter. */
export function randomParameters(
  config: ModelConfig,
  random: Random,
  deviation: (name: string) => number,
  change: (spec: ParameterSpec, values: Float32Array) => void = () => undefined,
): Map<string, Tensor> {
  const parameters = new Map<string, Tensor>();
  for (const spec of parameterSpecs(config)) {
    const size = spec.shape.reduce((product, dim) => product * dim, 1);
    const values = Float32Array.from({ length: size }, () => random.normal() * deviation(spec.name));
    if (spec.kind === "norm") values.fill(1);
    change(spec, values);
    parameters.set(spec.name, defaultDevice().from("f32", spec.shape, values));
  }
  return parameters;
}
