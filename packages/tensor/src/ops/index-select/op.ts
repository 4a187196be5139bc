import { BLOCK_SIZE, KEY_GROUP, type PagedRows, requirePagedRows } from "../../block-table.js";
import type { Context } from "../../context.js";
import { knowSelection, requireBlocks, requireIndices } from "../../indices.js";
import { defineOp } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type IndexSelectAttrs, indexSelectReference } from "./reference.js";

export const indexSelectOp = defineOp<IndexSelectAttrs>({
  name: "index_select",
  infer([q, weights, pool, scales, sequence, position, blocks, start], { k }) {
    requireShape(
      q?.shape.length === 3 &&
        weights?.shape.length === 2 &&
        weights.shape[0] === q.shape[0] &&
        weights.shape[1] === q.shape[1] &&
        k > 0,
      "index_select",
      `q [${q?.shape}] must be [rows, heads, dim] and weights [${weights?.shape}] [rows, heads]; k is ${k}`,
    );
    requireShape(
      pool?.shape.length === 3 &&
        pool.shape[1] === q.shape[2] &&
        pool.shape[2] === KEY_GROUP &&
        (pool.dtype === "f32" || (pool.dtype === "u8" && sizeOf(scales?.shape ?? []) === pool.shape[0]! * KEY_GROUP)),
      "index_select",
      `the pool [${pool?.shape}] must be [groups, dim, ${KEY_GROUP}], f32, or u8 with scales [${scales?.shape}]`,
    );
    requirePagedRows("index_select", q.shape[0]!, [sequence, position, blocks]);
    requireShape(
      start === undefined || (start.dtype === "i32" && sizeOf(start.shape) === q.shape[0]),
      "index_select",
      `start [${start?.shape}] must be i32 [${q.shape[0]}]`,
    );
    return [{ dtype: "i32", shape: [q.shape[0]!, k] }];
  },
  cost: ([q, , pool, , , , blocks]) => {
    const tokens = blocks!.shape[1]! * BLOCK_SIZE;
    return {
      flops: 2 * sizeOf(q!.shape) * tokens,
      bytes: tokens * q!.shape[2]! * (pool!.dtype === "u8" ? 1 : 4),
    };
  },
  tolerance: { value: 0, gradient: 0 },
  // By number: taking the inputs apart costs more than a proof that is known.
  proveIndices(inputs) {
    const blocks = inputs[6]!;
    requireBlocks("index_select", [inputs[4]!, inputs[5]!, blocks], inputs[2]!.shape[0]! * KEY_GROUP);
    requireIndices("index_select", "start", inputs[7], blocks.shape[1]! * BLOCK_SIZE);
  },
  // Exact on every device (tolerance 0): a row's positions are among those it sees.
  knowOutputs: ([, , , , , position], [indices]) => knowSelection(indices!, position!),
  kernelAttributes: ({ k, scale }) => [k, scale],
  reference: indexSelectReference,
});

/**
 * Lightning indexer and top-k selection in one pass over the cache (report equation 1 and 2), without ever holding a row's
 * scores: score(t) = scale * sum_h weights[h] * ReLU(q[h] . k[t]); the k best positions `[rows, k]`, ascending, -1 where
 * fewer are visible, the lowest position first among equals; a row with a score that is NaN holds -2, which no attention takes. q `[rows, heads, dim]`, weights `[rows, heads]`, pool and
 * scales as `indexCacheWrite` fills them: over 8-bit keys q is rotated and rounded too. `start` i32 `[rows]`: rows see
 * nothing before it.
 */
export function indexSelect(
  ctx: Context,
  q: Tensor,
  weights: Tensor,
  pool: Tensor,
  scales: Tensor | undefined,
  { sequence, position, blocks }: PagedRows,
  attrs: IndexSelectAttrs,
  start?: Tensor,
): Tensor {
  return ctx.run1(indexSelectOp, [q, weights, pool, scales, sequence, position, blocks, start], attrs);
}
