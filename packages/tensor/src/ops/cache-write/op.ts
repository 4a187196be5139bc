import type { Context } from "../../context.js";
import { TensorError } from "../../errors.js";
import { requireIndices } from "../../indices.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { cacheWriteReference } from "./reference.js";

export const cacheWriteOp = defineOp<NoAttrs>({
  name: "cache_write",
  mutates: [0],
  infer([pool, rows, slots]) {
    requireShape(
      pool?.shape.length === 2 && rows?.shape.length === 2 && rows.shape[1] === pool.shape[1],
      "cache_write",
      `rows [${rows?.shape}] must be [rows, width] and the pool [${pool?.shape}] [slots, width]`,
    );
    requireShape(
      slots?.dtype === "i32" && sizeOf(slots.shape) === rows.shape[0],
      "cache_write",
      `slots [${slots?.shape}] must be i32, one for each of the ${rows.shape[0]} rows`,
    );
    if (pool.dtype !== "f32" && pool.dtype !== "bf16")
      throw new TensorError("dtype_mismatch", `cache_write: a pool is f32 or bf16, not ${pool.dtype}`);
    return [];
  },
  cost: ([, rows]) => ({ flops: 0, bytes: 8 * sizeOf(rows!.shape) }),
  tolerance: { value: 0, gradient: 0 },
  proveIndices: ([pool, , slots]) => requireIndices("cache_write", "slots", slots, pool!.shape[0]!),
  kernelAttributes: () => [],
  reference: cacheWriteReference,
});

/** Writes `rows` `[rows, width]` into a pool `[slots, width]` (f32 or bf16), row i at `slots[i]`, in place. */
export function cacheWrite(ctx: Context, pool: Tensor, rows: Tensor, slots: Tensor): void {
  ctx.run(cacheWriteOp, [pool, rows, slots], {});
}
