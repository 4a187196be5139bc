import { Context, type Device, narrow, type Tensor, transpose } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { copyRows } from "./copy-rows.js";
import type { AttentionWeights, KvBSplit } from "./weights.js";

// kv_b_proj [H*(N+V), C] holds per head N rows that make keys from a latent, then V rows that make values.

type Values = Float32Array | Uint16Array;
type Dims = Pick<ModelConfig, "numAttentionHeads" | "qkNopeHeadDim" | "vHeadDim" | "kvLoraRank">;

/** Key half of kv_b_proj as `[H, C, N]`: transposed, so that a contraction over N reads it as it lies. */
export function keyHalf<T extends Values>(values: T, dims: Dims): T {
  const { numAttentionHeads: H, qkNopeHeadDim: N, vHeadDim: V, kvLoraRank: C } = dims;
  const keys = values.slice(0, H * C * N) as T;
  for (let h = 0; h < H; h++)
    for (let n = 0; n < N; n++)
      for (let c = 0; c < C; c++) keys[(h * C + c) * N + n] = values[(h * (N + V) + n) * C + c]!;
  return keys;
}

/** Value half of kv_b_proj, `[H, V, C]`. */
export function valueHalf<T extends Values>(values: T, dims: Dims): T {
  const { numAttentionHeads: H, qkNopeHeadDim: N, vHeadDim: V, kvLoraRank: C } = dims;
  const out = values.slice(0, H * V * C) as T;
  for (let h = 0; h < H; h++) out.set(values.subarray((h * (N + V) + N) * C, (h + 1) * (N + V) * C), h * V * C);
  return out;
}

/** Both halves of a kv_b_proj that does not change, in its own dtype. The caller disposes them. */
export function constantKvB(device: Device, config: ModelConfig, kvBProj: Tensor): KvBSplit {
  const { numAttentionHeads: H, qkNopeHeadDim: N, vHeadDim: V, kvLoraRank: C } = config;
  const ctx = new Context(device);
  try {
    const keys = ctx.own(device.empty(kvBProj.dtype, [H * N, C]));
    const values = ctx.own(device.empty(kvBProj.dtype, [H * V, C]));
    for (let h = 0; h < H; h++) {
      copyRows(kvBProj, h * (N + V), keys, h * N, N);
      copyRows(kvBProj, h * (N + V) + N, values, h * V, V);
    }
    return {
      key: ctx.keep(transpose(ctx, ctx.reshape(keys, [H, N, C]))),
      keyTransposed: true,
      value: ctx.keep(ctx.reshape(values, [H, V, C])),
    };
  } finally {
    ctx.dispose();
  }
}

/** Both halves of a layer's kv_b_proj: computed once where weights are constant, else with gradients that flow to it. */
export function splitKvB(ctx: Context, config: ModelConfig, weights: AttentionWeights): KvBSplit {
  if (weights.kvBSplit) return weights.kvBSplit;
  const { numAttentionHeads: H, qkNopeHeadDim: N, vHeadDim: V, kvLoraRank: C } = config;
  const byHead = ctx.reshape(weights.kvBProj, [H, N + V, C]);
  return {
    key: narrow(ctx, byHead, { axis: 1, start: 0, length: N }),
    keyTransposed: false,
    value: narrow(ctx, byHead, { axis: 1, start: N, length: V }),
  };
}
