import {
  attention,
  type Context,
  concat,
  headLinear,
  narrow,
  type PagedRows,
  pagedAttention,
  sparseAttention,
  type Tensor,
} from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import type { CoreAttention, CoreAttentionInput } from "./core-attention.js";
import { splitKvB } from "./kv-b.js";
import { softmaxScale } from "./rope.js";
import type { AttentionWeights, KvBSplit } from "./weights.js";

// MLA in MQA form, absorbed: kv_b's key half is folded into the queries, its value half into the output, and all heads attend
// to the latents themselves. DSA is defined on this form: one selection per query, shared by its heads.
// Shapes: B batch, S queries, T keys, H heads, N nope, R rope and V value dims of a head, C kv_lora, k selected tokens.

/** Queries `[rows, H, N+R]` as they meet latents: `[rows, H, C+R]`. */
function absorbQueries(ctx: Context, config: ModelConfig, { key, keyTransposed }: KvBSplit, queries: Tensor): Tensor {
  const { qkNopeHeadDim: N, qkRopeHeadDim: R } = config;
  const nope = narrow(ctx, queries, { axis: 2, start: 0, length: N });
  const absorbed = headLinear(ctx, nope, key, { transposeWeight: keyTransposed });
  return concat(ctx, absorbed, narrow(ctx, queries, { axis: 2, start: N, length: R }));
}

/** What the heads gathered of the latents, `[rows, H, C]`, as values `[rows, H*V]`. */
function expandOutput(ctx: Context, config: ModelConfig, { value }: KvBSplit, output: Tensor): Tensor {
  const expanded = headLinear(ctx, output, value, { transposeWeight: true });
  return ctx.reshape(expanded, [output.shape[0]!, config.numAttentionHeads * config.vHeadDim]);
}

/**
 * Queries `[B*S, H, N+R]` over the latents `[B*T, C+R]` of the same sequences: all visible ones, or those at `indices`
 * `[B, S, k]`.
 */
export function latentCoreAttention(ctx: Context, input: CoreAttentionInput): CoreAttention {
  const { config, weights, batch, queries, latent, documentStart, indices } = input;
  const { numAttentionHeads: H, qkRopeHeadDim: R, kvLoraRank: C } = config;
  const [S, T] = [queries.shape[0]! / batch, latent.shape[0]! / batch];
  const kvB = splitKvB(ctx, config, weights);
  const scale = softmaxScale(config);
  const q = ctx.reshape(absorbQueries(ctx, config, kvB, queries), [batch, S, H, C + R]);
  const k = ctx.reshape(latent, [batch, T, 1, C + R]);
  // The value is the key's first C dims.
  const attrs = { scale, valueDim: C };
  const { output, logSumExp } = indices
    ? sparseAttention(ctx, q, k, undefined, indices, attrs)
    : attention(ctx, q, k, undefined, documentStart, attrs);
  const heads = ctx.reshape(output, [batch * S, H, C]);
  return { output: expandOutput(ctx, config, kvB, heads), q, k, scale, logSumExp };
}

/**
 * Queries `[rows, H, N+R]` of any sequences over their cached latents in `pool` `[slots, C+R]`; to `[rows, H*V]`. With
 * `indices` `[rows, k]`, over those positions only: O(k) for each row instead of O(T).
 */
export function latentCachedAttention(
  ctx: Context,
  input: {
    config: ModelConfig;
    weights: AttentionWeights;
    queries: Tensor;
    pool: Tensor;
    paged: PagedRows;
    indices?: Tensor | undefined;
  },
): Tensor {
  const { config, weights, queries, pool, paged, indices } = input;
  const kvB = splitKvB(ctx, config, weights);
  const attrs = { scale: softmaxScale(config), valueDim: config.kvLoraRank };
  const q = absorbQueries(ctx, config, kvB, queries);
  return expandOutput(ctx, config, kvB, pagedAttention(ctx, q, pool, paged, indices, attrs));
}
