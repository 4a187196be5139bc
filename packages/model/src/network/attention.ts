import {
  attention,
  type Context,
  concat,
  headLinear,
  indexScores,
  linear,
  linears,
  narrow,
  rmsNorm,
  rope,
  sparseAttention,
  type Tensor,
} from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { type IndexerProjection, indexScale, projectIndexer } from "./indexer.js";
import { type RopeTables, softmaxScale } from "./rope.js";
import type { AttentionWeights, KvBSplit } from "./weights.js";

/** Dense: every visible token. Sparse: the `index_topk` tokens the lightning indexer selects. */
export type AttentionMode = "dense" | "sparse";
/** The two equal forms of MLA: per-head keys and values expanded, or absorbed into queries over the latent. */
export type MlaForm = "mha" | "mqa";

/** Queries and what new rows contribute to the cache. */
export interface MlaProjection {
  /** `[rows, H, N+R]`, rotated */
  queries: Tensor;
  /** `[rows, C+R]`: normed latent, then the rotated key shared by all heads */
  latent: Tensor;
  indexer: IndexerProjection | undefined;
}

/** x `[rows, E]` (normed) to queries, latent and indexer projections. */
export function projectMla(
  ctx: Context,
  config: ModelConfig,
  weights: AttentionWeights,
  x: Tensor,
  tables: RopeTables,
): MlaProjection {
  const { numAttentionHeads: H, qkNopeHeadDim: N, qkRopeHeadDim: R, kvLoraRank: C } = config;
  const rows = x.shape[0]!;
  const [qa, kv] = linears(ctx, x, [weights.qAProj, weights.kvAProj]);
  const qr = rmsNorm(ctx, qa!, weights.qALayernorm, config.rmsNormEps);
  const q = ctx.reshape(linear(ctx, qr, weights.qBProj), [rows, H, N + R]);
  const c = rmsNorm(ctx, narrow(ctx, kv!, { axis: 1, start: 0, length: C }), weights.kvALayernorm, config.rmsNormEps);
  const kRope = ctx.reshape(narrow(ctx, kv!, { axis: 1, start: C, length: R }), [rows, 1, R]);
  const turned = rope(ctx, kRope, tables.cos, tables.sin, { start: 0, interleaved: true });
  const latent = ctx.reshape(concat(ctx, ctx.reshape(c, [rows, 1, C]), turned), [rows, C + R]);
  return {
    queries: rope(ctx, q, tables.cos, tables.sin, { start: N, interleaved: true }),
    latent,
    indexer: weights.indexer && projectIndexer(ctx, config, weights.indexer, ctx.detach(x), ctx.detach(qr), tables),
  };
}

/** Queries, keys and (in MHA form) values as the attention ops take them. */
export interface AttentionOperands {
  /** `[B, S, H, D]` */
  q: Tensor;
  /** `[B, T, H or 1, D]` */
  k: Tensor;
  /** `[B, T, H, V]`; undefined in MQA form, where the value is the key's first C dims */
  v: Tensor | undefined;
  scale: number;
}

/** Key half and value half of kv_b_proj. Absorbed attention needs them apart. */
function splitKvB(ctx: Context, config: ModelConfig, weights: AttentionWeights): KvBSplit {
  if (weights.kvBSplit) return weights.kvBSplit;
  const { numAttentionHeads: H, qkNopeHeadDim: N, vHeadDim: V, kvLoraRank: C } = config;
  const byHead = ctx.reshape(weights.kvBProj, [H, N + V, C]);
  return {
    key: narrow(ctx, byHead, { axis: 1, start: 0, length: N }),
    keyTransposed: false,
    value: narrow(ctx, byHead, { axis: 1, start: N, length: V }),
  };
}

/** queries `[B*S, H, N+R]` against latent `[B*T, C+R]`, arranged for one of the two forms. */
export function mlaOperands(
  ctx: Context,
  config: ModelConfig,
  weights: AttentionWeights,
  form: MlaForm,
  batch: number,
  queries: Tensor,
  latent: Tensor,
): AttentionOperands {
  const { numAttentionHeads: H, qkNopeHeadDim: N, qkRopeHeadDim: R, kvLoraRank: C, vHeadDim: V } = config;
  const S = queries.shape[0]! / batch;
  const T = latent.shape[0]! / batch;
  const scale = softmaxScale(config);
  if (form === "mqa") {
    const { key, keyTransposed } = splitKvB(ctx, config, weights);
    const absorbed = headLinear(ctx, narrow(ctx, queries, { axis: 2, start: 0, length: N }), key, {
      transposeWeight: keyTransposed,
    });
    const q = concat(ctx, absorbed, narrow(ctx, queries, { axis: 2, start: N, length: R }));
    return {
      q: ctx.reshape(q, [batch, S, H, C + R]),
      k: ctx.reshape(latent, [batch, T, 1, C + R]),
      v: undefined,
      scale,
    };
  }
  const c = narrow(ctx, latent, { axis: 1, start: 0, length: C });
  const kRope = ctx.reshape(narrow(ctx, latent, { axis: 1, start: C, length: R }), [batch * T, 1, R]);
  const kv = ctx.reshape(linear(ctx, c, weights.kvBProj), [batch * T, H, N + V]);
  const k = concat(ctx, narrow(ctx, kv, { axis: 2, start: 0, length: N }), kRope);
  return {
    q: ctx.reshape(queries, [batch, S, H, N + R]),
    k: ctx.reshape(k, [batch, T, H, N + R]),
    v: ctx.reshape(narrow(ctx, kv, { axis: 2, start: N, length: V }), [batch, T, H, V]),
    scale,
  };
}

export interface CoreAttention {
  /** `[B*S, H*V]`, ready for o_proj */
  output: Tensor;
  /** `[B, S, H]` */
  logSumExp: Tensor;
}

/** Core attention over all visible tokens, or over `indices` `[B, S, k]` only: O(L k) instead of O(L^2). */
export function coreAttention(
  ctx: Context,
  config: ModelConfig,
  weights: AttentionWeights,
  operands: AttentionOperands,
  documentStart: Tensor | undefined,
  indices: Tensor | undefined,
): CoreAttention {
  const { numAttentionHeads: H, vHeadDim: V, kvLoraRank: C } = config;
  const { q, k, v, scale } = operands;
  const attrs = v ? { scale } : { scale, valueDim: C };
  const { output, logSumExp } = indices
    ? sparseAttention(ctx, q, k, v, indices, attrs)
    : attention(ctx, q, k, v, documentStart, attrs);
  const rows = q.shape[0]! * q.shape[1]!;
  if (v) return { output: ctx.reshape(output, [rows, H * V]), logSumExp };
  const { value } = splitKvB(ctx, config, weights);
  const expanded = headLinear(ctx, ctx.reshape(output, [rows, H, C]), value, { transposeWeight: true });
  return { output: ctx.reshape(expanded, [rows, H * V]), logSumExp };
}

/** Index scores `[B, S, T]` (-inf where not visible) from projections of B*S rows and B*T keys. */
export function scoreTokens(
  ctx: Context,
  config: ModelConfig,
  batch: number,
  projection: IndexerProjection,
  keys: Tensor,
  documentStart: Tensor | undefined,
): Tensor {
  const { nHeads, headDim } = config.indexer!;
  const S = projection.queries.shape[0]! / batch;
  const T = keys.size / (batch * headDim);
  return indexScores(
    ctx,
    ctx.reshape(projection.queries, [batch, S, nHeads, headDim]),
    ctx.reshape(keys, [batch, T, headDim]),
    ctx.reshape(projection.weights, [batch, S, nHeads]),
    documentStart,
    { scale: indexScale(config) },
  );
}
