import type { Tensor } from "@cachalot/tensor";

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
