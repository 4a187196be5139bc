import type { Device, Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import type { KvBSplit } from "./weights.js";

/**
 * The halves of a kv_b_proj `[H*(N+V), C]` that does not change, in its own dtype: keys `[H, C, N]`, so that the
 * contraction over N reads them as they lie, and values `[H, V, C]`. The caller disposes them.
 */
export function constantKvB(device: Device, config: ModelConfig, kvBProj: Tensor): KvBSplit {
  const { numAttentionHeads: H, qkNopeHeadDim: N, vHeadDim: V, kvLoraRank: C } = config;
  const dtype = kvBProj.dtype;
  const key = device.empty(dtype, [H, C, N]);
  const value = device.empty(dtype, [H, V, C]);
  const from = kvBProj.data;
  for (let h = 0; h < H; h++) {
    const head = h * (N + V) * C;
    for (let n = 0; n < N; n++) for (let c = 0; c < C; c++) key.data[(h * C + c) * N + n] = from[head + n * C + c]!;
    value.data.set(from.subarray(head + N * C, head + (N + V) * C), h * V * C);
  }
  return { key, keyTransposed: true, value };
}
