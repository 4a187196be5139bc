import type { Context, Tensor } from "@cachalot/tensor";

/** Weights of the mean over queries, `[B, S]`: one over their number. q `[B, S, ..]`. */
export function queryMean(ctx: Context, q: Tensor): Tensor {
  const [B, S] = q.shape as [number, number];
  return ctx.from("f32", [B, S], new Float32Array(B * S).fill(1 / (B * S)));
}
