import { type Context, concat, linear, linears, narrow, rmsNorm, rope, type Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { type IndexerProjection, projectIndexer } from "./indexer.js";
import type { RopeTables } from "./rope.js";
import type { AttentionWeights } from "./weights.js";

// Shapes: E hidden, H heads, N nope and R rope dims of a head, Q q_lora, C kv_lora.

/** Dense: every visible token. Sparse: the `index_topk` tokens the lightning indexer selects. */
export type AttentionMode = "dense" | "sparse";
/** The two equal forms of MLA: per-head keys and values expanded, or absorbed into queries over the latent. */
export type MlaForm = "mha" | "mqa";

/** Queries, and what new rows contribute to the KV cache. */
export interface MlaProjection {
  /** `[rows, H, N+R]`, rotated */
  queries: Tensor;
  /** `[rows, C+R]`: normed latent, then the rotated key shared by all heads */
  latent: Tensor;
  indexer: IndexerProjection | undefined;
}

/** Multi-head latent attention's projections of normed x `[rows, E]`, with the lightning indexer's where there is one. */
export function projectMla(
  ctx: Context,
  x: Tensor,
  { config, weights, tables }: { config: ModelConfig; weights: AttentionWeights; tables: RopeTables },
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
    indexer:
      weights.indexer &&
      projectIndexer(ctx, { config, weights: weights.indexer, tables }, ctx.detach(x), ctx.detach(qr)),
  };
}
