import type { Context } from "../../context.js";
import { defineOp } from "../../op.js";
import { requireShape, rowsOf, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { copyRowsReference } from "./reference.js";

export interface CopyRowsAttrs {
  /** First row written. */
  at: number;
}

export const copyRowsOp = defineOp<CopyRowsAttrs>({
  name: "copy_rows",
  mutates: [0],
  infer([destination, source], { at }) {
    const width = destination ? sizeOf(destination.shape.slice(1)) : 0;
    requireShape(
      destination !== undefined && source !== undefined && sizeOf(source.shape) === source.shape[0]! * width,
      "copy_rows",
      `rows of [${source?.shape}] and [${destination?.shape}] must have one size`,
    );
    requireShape(
      at >= 0 && at + source.shape[0]! <= destination.shape[0]!,
      "copy_rows",
      `rows ${at}..${at + source.shape[0]!} are outside [${destination.shape}]`,
    );
    return [];
  },
  cost: ([, source]) => ({ flops: 0, bytes: 8 * rowsOf(source!.shape, 0) }),
  tolerance: { value: 0, gradient: 0 },
  kernelAttributes: ({ at }) => [at],
  reference: copyRowsReference,
});

/** Writes the rows of `source` `[n, ..]` into `destination` `[R, ..]` from row `at` on, in place. */
export function copyRows(ctx: Context, destination: Tensor, source: Tensor, attrs: CopyRowsAttrs): void {
  ctx.run(copyRowsOp, [destination, source], attrs);
}
