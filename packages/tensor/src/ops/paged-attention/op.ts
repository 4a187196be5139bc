import { BLOCK_SIZE, type PagedRows, requirePagedRows } from "../../block-table.js";
import type { Context } from "../../context.js";
import { TensorError } from "../../errors.js";
import { requireBlocks, requireVisible } from "../../indices.js";
import { defineOp } from "../../op.js";
import { requireShape } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type PagedAttentionAttrs, pagedAttentionReference } from "./reference.js";

export const pagedAttentionOp = defineOp<PagedAttentionAttrs>({
  name: "paged_attention",
  infer([q, pool, sequence, position, blocks, indices], { valueDim }) {
    requireShape(
      q?.shape.length === 3 && pool?.shape.length === 2 && q.shape[2] === pool.shape[1] && valueDim <= pool.shape[1]!,
      "paged_attention",
      `q [${q?.shape}] must be [rows, heads, dim] and the pool [${pool?.shape}] [slots, dim]; valueDim is ${valueDim}`,
    );
    requirePagedRows("paged_attention", q.shape[0]!, [sequence, position, blocks]);
    requireShape(
      indices === undefined || (indices.dtype === "i32" && indices.shape[0] === q.shape[0]),
      "paged_attention",
      `indices [${indices?.shape}] must be i32 [rows, k]`,
    );
    if (pool.dtype !== "f32" && !(pool.dtype === "bf16" && q.shape[2]! % 2 === 0))
      throw new TensorError(
        "dtype_mismatch",
        `paged_attention: a pool is f32, or bf16 of even width, not ${pool.dtype}`,
      );
    return [{ dtype: "f32", shape: [q.shape[0]!, q.shape[1]!, valueDim] }];
  },
  cost([q, pool, , , blocks, indices], { valueDim }) {
    const tokens = indices ? indices.shape[1]! : blocks!.shape[1]! * BLOCK_SIZE;
    const [rows, heads, dim] = q!.shape as [number, number, number];
    return {
      flops: 2 * rows * heads * tokens * (dim + valueDim),
      bytes: rows * tokens * dim * (pool!.dtype === "bf16" ? 2 : 4),
    };
  },
  tolerance: { value: 1e-5, gradient: 0 },
  // By number: taking the inputs apart costs more than a proof that is known.
  proveIndices(inputs) {
    const position = inputs[3]!;
    requireBlocks("paged_attention", [inputs[2]!, position, inputs[4]!], inputs[1]!.shape[0]!);
    requireVisible("paged_attention", inputs[5], position);
  },
  kernelAttributes: ({ scale, valueDim }) => [scale, valueDim],
  reference: pagedAttentionReference,
});

/**
 * Absorbed MLA attention over a paged cache of latents: every head of a row reads the same keys. Dense over all tokens a
 * row sees, or over its `indices` `[rows, k]` (ascending, -1 behind the last) only. q `[rows, heads, dim]`, pool
 * `[slots, dim]` (f32; or bf16, q and probabilities then being rounded too), result `[rows, heads, valueDim]`.
 */
export function pagedAttention(
  ctx: Context,
  q: Tensor,
  pool: Tensor,
  { sequence, position, blocks }: PagedRows,
  indices: Tensor | undefined,
  attrs: PagedAttentionAttrs,
): Tensor {
  return ctx.run1(pagedAttentionOp, [q, pool, sequence, position, blocks, indices], attrs);
}
