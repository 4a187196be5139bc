import type { Context } from "../../context.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { sumSquaresReference } from "./reference.js";

export const sumSquaresOp = defineOp<NoAttrs>({
  name: "sum_squares",
  infer: () => [{ dtype: "f32", shape: [1] }],
  cost: ([x]) => ({ flops: 2 * sizeOf(x!.shape), bytes: 4 * sizeOf(x!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: sumSquaresReference,
});

/** `sum_i x[i]^2` as `[1]`: the part of a tensor in a global gradient norm. */
export function sumSquares(ctx: Context, x: Tensor): Tensor {
  return ctx.run1(sumSquaresOp, [x], {});
}
