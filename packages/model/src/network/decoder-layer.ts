import { add, type Context, gatherRows, linear, rmsNorm, type Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { denseMlp, moe } from "./mlp.js";
import type { Network } from "./network.js";
import type { Routing } from "./routing.js";
import { type AttentionWeights, isMoe, type LayerWeights, type MlpWeights, type MoeWeights } from "./weights.js";

/** One layer's attention, as a forward pass does it: normed x `[rows, E]` to `[rows, H*V]`, before o_proj. */
export type Attention = (ctx: Context, layer: { index: number; weights: AttentionWeights }, x: Tensor) => Tensor;

/** What all layers of one forward pass have in common: how rows attend, and who chooses experts. */
export interface LayerPass {
  config: ModelConfig;
  attention: Attention;
  routing?: Routing | undefined;
}

/**
 * One pre-norm transformer layer, the same in training and inference: attention, then MLP or experts, each on normed input and
 * added to the residual stream. x `[rows, E]` to `[rows, E]`.
 */
export function decoderLayer(
  ctx: Context,
  x: Tensor,
  { index, weights }: { index: number; weights: LayerWeights },
  { config, attention, routing }: LayerPass,
): Tensor {
  const norm = (input: Tensor, weight: Tensor) => rmsNorm(ctx, input, weight, config.rmsNormEps);
  const heads = attention(ctx, { index, weights: weights.attention }, norm(x, weights.inputLayernorm));
  const attended = add(ctx, x, linear(ctx, heads, weights.attention.oProj));
  const mlpInput = norm(attended, weights.postAttentionLayernorm);
  return add(ctx, attended, feedForward(ctx, config, { index, mlp: weights.mlp, routing }, mlpInput));
}

function feedForward(
  ctx: Context,
  config: ModelConfig,
  { index, mlp, routing }: { index: number; mlp: MlpWeights | MoeWeights; routing: Routing | undefined },
  x: Tensor,
): Tensor {
  if (!isMoe(mlp)) return denseMlp(ctx, mlp, x);
  const { output, experts } = moe(ctx, config, mlp, x, routing?.replay?.(index));
  routing?.record?.(index, experts);
  return output;
}

/** Embedding and all decoder layers: tokens i32 `[rows]` to hidden states `[rows, E]`, before the final norm. */
export function runLayers(ctx: Context, { weights }: Network, tokens: Tensor, pass: LayerPass): Tensor {
  let x = gatherRows(ctx, weights.embedTokens, tokens);
  for (const [index, layer] of weights.layers.entries()) {
    const before = x;
    x = ctx.scope((inner) => decoderLayer(inner, before, { index, weights: layer }, pass));
    // A backward pass needs every layer's input.
    if (!ctx.tape) ctx.release(before);
  }
  return x;
}

/** The final norm: x `[rows, E]` of `runLayers` to what the output head and the multi-token-prediction layer read. */
export function finalNorm(ctx: Context, { config, weights }: Network, x: Tensor): Tensor {
  return rmsNorm(ctx, x, weights.norm, config.rmsNormEps);
}

/** The output head: hidden states `[rows, E]`, normed, to logits `[rows, vocab]`. */
export function outputHead(ctx: Context, { weights }: Network, hidden: Tensor): Tensor {
  return linear(ctx, hidden, weights.lmHead);
}
