import type { Context } from "../../context.js";
import { requireIndices } from "../../indices.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { gatherRowsReference, scatterAddRowsReference } from "./reference.js";

export const gatherRowsOp = defineOp<NoAttrs>({
  name: "gather_rows",
  infer([table, rows]) {
    requireShape(
      table?.shape.length === 2 && rows?.dtype === "i32",
      "gather_rows",
      `table [${table?.shape}] must be [rows, dim] and the row numbers i32`,
    );
    return [{ dtype: "f32", shape: [...rows.shape, table.shape[1]!] }];
  },
  cost: ([table, rows]) => ({ flops: 0, bytes: 8 * sizeOf(rows!.shape) * table!.shape[1]! }),
  tolerance: { value: 0, gradient: 1e-5 },
  proveIndices: ([table, rows]) => requireIndices("gather_rows", "rows", rows, table!.shape[0]!, { least: -1 }),
  kernelAttributes: () => [],
  reference: gatherRowsReference,
  gradient: ({ ctx, inputs, outputGradients }) => [
    ctx.run1(scatterAddRowsOp, [outputGradients[0], inputs[1]], { rows: inputs[0]!.shape[0]! }),
    undefined,
  ],
});

/** inputs dy `[.., dim]`, rows i32 `[..]`; output `[attrs.rows, dim]`, the sum of dy by row number. */
const scatterAddRowsOp = defineOp<{ rows: number }>({
  name: "scatter_add_rows",
  infer: ([dy], { rows }) => [{ dtype: "f32", shape: [rows, dy!.shape.at(-1)!] }],
  cost: ([dy]) => ({ flops: sizeOf(dy!.shape), bytes: 12 * sizeOf(dy!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  proveIndices: ([, indices], { rows }) => requireIndices("scatter_add_rows", "rows", indices, rows, { least: -1 }),
  kernelAttributes: () => [],
  reference: scatterAddRowsReference,
});

/**
 * Rows of a table, as embeddings and routed tokens are looked up. table `[R, dim]` (f32 or bf16), rows i32 `[..]`,
 * result `[.., dim]`; row number -1 gives zeros.
 */
export function gatherRows(ctx: Context, table: Tensor, rows: Tensor): Tensor {
  return ctx.run1(gatherRowsOp, [table, rows], {});
}
