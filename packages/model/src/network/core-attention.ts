import type { Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import type { AttentionWeights } from "./weights.js";

/** Queries over the latents of the same `batch` sequences: B sequences of S queries and T keys. */
export interface CoreAttentionInput {
  config: ModelConfig;
  weights: AttentionWeights;
  batch: number;
  /** `[B*S, H, N+R]` */
  queries: Tensor;
  /** `[B*T, C+R]` */
  latent: Tensor;
  /** `[B, S]` */
  documentStart?: Tensor | undefined;
  /** `[B, S, k]`: the positions attended to; undefined: all visible ones */
  indices?: Tensor | undefined;
}

/** Core attention in either form: its output, and what a loss that compares with its probabilities needs. */
export interface CoreAttention {
  /** `[B*S, H*V]`, ready for o_proj */
  output: Tensor;
  /** `[B, S, H, D]`; D is N+R in MHA form, C+R in MQA form */
  q: Tensor;
  /** `[B, T, H or 1, D]` */
  k: Tensor;
  /** Factor of `q . k` before the softmax. */
  scale: number;
  /** `[B, S, H]` */
  logSumExp: Tensor;
}
