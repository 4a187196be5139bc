import type { Context } from "../../context.js";
import { requireIndices } from "../../indices.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { cacheReadReference } from "./reference.js";

export const cacheReadOp = defineOp<NoAttrs>({
  name: "cache_read",
  infer([pool, slots]) {
    requireShape(
      pool?.shape.length === 2 && (pool.dtype === "f32" || pool.dtype === "bf16") && slots?.dtype === "i32",
      "cache_read",
      `the pool [${pool?.shape}] must be [slots, width], f32 or bf16, and slots i32`,
    );
    return [{ dtype: "f32", shape: [sizeOf(slots.shape), pool.shape[1]!] }];
  },
  cost: ([pool, slots]) => ({ flops: 0, bytes: 8 * sizeOf(slots!.shape) * pool!.shape[1]! }),
  tolerance: { value: 0, gradient: 0 },
  proveIndices: ([pool, slots]) => requireIndices("cache_read", "slots", slots, pool!.shape[0]!),
  kernelAttributes: () => [],
  reference: cacheReadReference,
});

/** The rows of a pool `[slots, width]` (f32 or bf16) at `slots` `[rows]`, as f32 `[rows, width]`. */
export function cacheRead(ctx: Context, pool: Tensor, slots: Tensor): Tensor {
  return ctx.run1(cacheReadOp, [pool, slots], {});
}
