import type { Context } from "../../context.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { concatBackwardReference, concatReference } from "./reference.js";

export const concatOp = defineOp<NoAttrs>({
  name: "concat",
  infer([a, b]) {
    requireShape(
      a?.shape.length === 3 &&
        b?.shape.length === 3 &&
        a.shape[0] === b.shape[0] &&
        (b.shape[1] === a.shape[1] || b.shape[1] === 1),
      "concat",
      `a [${a?.shape}] must be [rows, heads, p] and b [${b?.shape}] be [rows, heads or 1, q]`,
    );
    return [{ dtype: "f32", shape: [a.shape[0]!, a.shape[1]!, a.shape[2]! + b.shape[2]!] }];
  },
  cost: ([a, b]) => ({ flops: 0, bytes: 8 * (sizeOf(a!.shape) + sizeOf(b!.shape)) }),
  tolerance: { value: 0, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: concatReference,
  gradient: ({ ctx, inputs, outputGradients }) =>
    ctx.run(concatBackwardOp, [outputGradients[0]], { width: inputs[0]!.shape[2]!, heads: inputs[1]!.shape[1]! }),
});

/** input dy; outputs da, db (summed over heads where b had one). */
const concatBackwardOp = defineOp<{ width: number; heads: number }>({
  name: "concat_backward",
  infer: ([dy], { width, heads }) => [
    { dtype: "f32", shape: [dy!.shape[0]!, dy!.shape[1]!, width] },
    { dtype: "f32", shape: [dy!.shape[0]!, heads, dy!.shape[2]! - width] },
  ],
  cost: ([dy]) => ({ flops: sizeOf(dy!.shape), bytes: 8 * sizeOf(dy!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: concatBackwardReference,
});

/** Joins the last dimension. a `[rows, heads, p]`, b `[rows, heads or 1, q]` (one is shared by all heads). */
export function concat(ctx: Context, a: Tensor, b: Tensor): Tensor {
  return ctx.run1(concatOp, [a, b], {});
}
