import { type Context, concat, gatherRows, linear, rmsNorm, type Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import type { CachedAttentionOptions } from "./cached-attention.js";
import { decoderLayer, type ForwardPass } from "./decoder-layer.js";
import type { LayerPool } from "./page-pool.js";
import type { ModelWeights } from "./weights.js";

/**
 * The multi-token-prediction module of DeepSeek-V3 (report 2412.19437, section 2.2): from the model's hidden state `h_t` and
 * the token t+1, a state whose logits predict token t+2. One projection joins the two, one decoder layer with a cache of its
 * own follows. The paper leaves open whether `h_t` is taken before or after the model's final norm, and writes the halves of
 * the projection the other way round; vLLM (`deepseek_mtp.py`) and SGLang (`deepseek_nextn.py`) take it after the norm, put
 * the embedding first as the published weights want it, and count positions by `t`. So do we. (vLLM also blanks the embedding
 * at position 0, which neither the paper nor SGLang do.)
 *
 * @param hidden `[rows, E]`, after the model's final norm
 * @param next i32 `[rows]`: the token behind each row's
 * @returns `[rows, E]`, what the decoder layer reads
 */
export function joinNext(
  ctx: Context,
  config: ModelConfig,
  weights: ModelWeights,
  hidden: Tensor,
  next: Tensor,
): Tensor {
  const { enorm, hnorm, ehProj } = weights.mtp!;
  const [rows, E] = hidden.shape as [number, number];
  const oneHead = (x: Tensor) => ctx.reshape(x, [rows, 1, E]);
  const embedded = rmsNorm(ctx, gatherRows(ctx, weights.embedTokens, next), enorm, config.rmsNormEps);
  const state = rmsNorm(ctx, hidden, hnorm, config.rmsNormEps);
  return linear(ctx, ctx.reshape(concat(ctx, oneHead(embedded), oneHead(state)), [rows, 2 * E]), ehProj);
}

/** The module over the cache: hidden and next as in `joinNext` to `[rows, E]`, normed for the output head it shares. */
export function predictBeyond(
  ctx: Context,
  config: ModelConfig,
  weights: ModelWeights,
  hidden: Tensor,
  next: Tensor,
  pool: LayerPool,
  pass: ForwardPass,
  options: CachedAttentionOptions,
): Tensor {
  const { layer, norm } = weights.mtp!;
  const input = joinNext(ctx, config, weights, hidden, next);
  const x = decoderLayer(ctx, config, layer, input, pool, pass, options);
  return rmsNorm(ctx, x, norm, config.rmsNormEps);
}
