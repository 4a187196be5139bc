import { KEY_GROUP } from "../../block-table.js";
import type { Context } from "../../context.js";
import { TensorError } from "../../errors.js";
import { requireIndices } from "../../indices.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { indexCacheWriteReference } from "./reference.js";

export const indexCacheWriteOp = defineOp<NoAttrs>({
  name: "index_cache_write",
  mutates: [0, 1],
  infer([pool, scales, keys, slots]) {
    requireShape(
      pool?.shape.length === 3 &&
        keys?.shape.length === 2 &&
        pool.shape[1] === keys.shape[1] &&
        pool.shape[2] === KEY_GROUP,
      "index_cache_write",
      `keys [${keys?.shape}] must be [rows, dim] and the pool [${pool?.shape}] [groups, dim, ${KEY_GROUP}]`,
    );
    requireShape(
      slots?.dtype === "i32" && sizeOf(slots.shape) === keys.shape[0],
      "index_cache_write",
      `slots [${slots?.shape}] must be i32, one for each of the ${keys.shape[0]} rows`,
    );
    if (pool.dtype === "u8") {
      requireShape(
        scales?.dtype === "f32" && sizeOf(scales.shape) === pool.shape[0]! * KEY_GROUP && keys.shape[1]! % 4 === 0,
        "index_cache_write",
        `8-bit keys need scales [groups, ${KEY_GROUP}] and a dim that is a multiple of 4, not ${keys.shape[1]}`,
      );
    } else if (pool.dtype !== "f32") {
      throw new TensorError("dtype_mismatch", `index_cache_write: a pool is f32 or u8, not ${pool.dtype}`);
    }
    return [];
  },
  cost: ([, , keys]) => ({ flops: 0, bytes: 8 * sizeOf(keys!.shape) }),
  // Rounding to 8 bits may go either way on a tie.
  tolerance: { value: 1e-2, gradient: 0 },
  proveIndices: ([pool, , , slots]) => requireIndices("index_cache_write", "slots", slots, pool!.shape[0]! * KEY_GROUP),
  kernelAttributes: () => [],
  reference: indexCacheWriteReference,
});

/**
 * Writes indexer keys `[rows, dim]` into a pool, row i at `slots[i]`, in place. The pool is f32 `[groups, dim, 16]`, or
 * u8 of that size, laid out `[groups, dim/4, 16, 4]` for dot-product instructions, with `scales` `[groups, 16]`: keys are
 * then turned by a Hadamard rotation, which spreads outliers, divided by their largest magnitude / 127, and rounded; bytes
 * are 128 more than the integers, since the instructions want one unsigned factor.
 */
export function indexCacheWrite(
  ctx: Context,
  pool: Tensor,
  scales: Tensor | undefined,
  keys: Tensor,
  slots: Tensor,
): void {
  ctx.run(indexCacheWriteOp, [pool, scales, keys, slots], {});
}
