import {
  attention,
  type Context,
  cacheRead,
  concat,
  expandedAttention,
  linear,
  narrow,
  sparseAttention,
  type Tensor,
} from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import type { CoreAttention, CoreAttentionInput } from "./core-attention.js";
import { softmaxScale } from "./rope.js";
import type { AttentionWeights } from "./weights.js";

// MLA in MHA form: the latents of all visible tokens are expanded into keys and values per head.
// Shapes: B batch, S queries, T keys, H heads, N nope, R rope and V value dims of a head, C kv_lora, k selected tokens.

/** Keys `[tokens, H, N+R]` and values `[tokens, H, V]` per head of latents `[tokens, C+R]`. */
function expand(ctx: Context, config: ModelConfig, weights: AttentionWeights, latent: Tensor) {
  const { numAttentionHeads: H, qkNopeHeadDim: N, qkRopeHeadDim: R, kvLoraRank: C, vHeadDim: V } = config;
  const tokens = latent.shape[0]!;
  const c = narrow(ctx, latent, { axis: 1, start: 0, length: C });
  const kRope = ctx.reshape(narrow(ctx, latent, { axis: 1, start: C, length: R }), [tokens, 1, R]);
  const kv = ctx.reshape(linear(ctx, c, weights.kvBProj), [tokens, H, N + V]);
  return {
    keys: concat(ctx, narrow(ctx, kv, { axis: 2, start: 0, length: N }), kRope),
    values: narrow(ctx, kv, { axis: 2, start: N, length: V }),
  };
}

/**
 * Queries `[B*S, H, N+R]` over the latents `[B*T, C+R]` of the same sequences: all visible ones, or those at `indices`
 * `[B, S, k]`.
 */
export function expandedCoreAttention(ctx: Context, input: CoreAttentionInput): CoreAttention {
  const { config, weights, batch, queries, latent, documentStart, indices } = input;
  const { numAttentionHeads: H, qkNopeHeadDim: N, qkRopeHeadDim: R, vHeadDim: V } = config;
  const [S, T] = [queries.shape[0]! / batch, latent.shape[0]! / batch];
  const scale = softmaxScale(config);
  const { keys, values } = expand(ctx, config, weights, latent);
  const q = ctx.reshape(queries, [batch, S, H, N + R]);
  const k = ctx.reshape(keys, [batch, T, H, N + R]);
  const v = ctx.reshape(values, [batch, T, H, V]);
  const { output, logSumExp } = indices
    ? sparseAttention(ctx, q, k, v, indices, { scale })
    : attention(ctx, q, k, v, documentStart, { scale });
  return { output: ctx.reshape(output, [batch * S, H * V]), q, k, scale, logSumExp };
}

/**
 * Queries `[S, H, N+R]` of one sequence's last tokens over its cached latents, at `slots` `[T]` of `pool` `[slots, C+R]`; to
 * `[S, H*V]`. With `indices` `[S, k]`, over those positions only.
 */
export function expandedCachedAttention(
  ctx: Context,
  input: {
    config: ModelConfig;
    weights: AttentionWeights;
    queries: Tensor;
    pool: Tensor;
    slots: Int32Array;
    indices?: Tensor | undefined;
  },
): Tensor {
  const { config, weights, queries, pool, slots, indices } = input;
  const { kvLoraRank: C, qkRopeHeadDim: R, numAttentionHeads: H, vHeadDim: V } = config;
  const latent = cacheRead(ctx, pool, ctx.from("i32", [slots.length], slots));
  const S = queries.shape[0]!;
  if (pool.dtype === "bf16" && !indices) {
    const kv = linear(ctx, narrow(ctx, latent, { axis: 1, start: 0, length: C }), weights.kvBProj);
    const kRope = narrow(ctx, latent, { axis: 1, start: C, length: R });
    const output = expandedAttention(ctx, queries, kv, kRope, { scale: softmaxScale(config), valueDim: V });
    return ctx.reshape(output, [S, H * V]);
  }
  const chosen = indices && ctx.reshape(indices, [1, S, indices.shape[1]!]);
  return expandedCoreAttention(ctx, { config, weights, batch: 1, queries, latent, indices: chosen }).output;
}
