import type { Context } from "../../context.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { scaleByReference, weightedSumReference } from "./reference.js";

export const weightedSumOp = defineOp<NoAttrs>({
  name: "weighted_sum",
  infer([x, weights]) {
    requireShape(
      x !== undefined && weights !== undefined && sizeOf(x.shape) === sizeOf(weights.shape),
      "weighted_sum",
      `x [${x?.shape}] and weights [${weights?.shape}] must have the same size`,
    );
    return [{ dtype: "f32", shape: [1] }];
  },
  cost: ([x]) => ({ flops: 2 * sizeOf(x!.shape), bytes: 8 * sizeOf(x!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-6 },
  kernelAttributes: () => [],
  reference: weightedSumReference,
  gradient: ({ ctx, inputs, outputGradients }) => [
    ctx.reshape(ctx.run1(scaleByOp, [inputs[1], outputGradients[0]], {}), inputs[0]!.shape),
    undefined,
  ],
});

/** inputs x, factor `[1]`; output `x * factor`. */
const scaleByOp = defineOp<NoAttrs>({
  name: "scale_by",
  infer: ([x]) => [{ dtype: "f32", shape: x!.shape }],
  cost: ([x]) => ({ flops: sizeOf(x!.shape), bytes: 8 * sizeOf(x!.shape) }),
  tolerance: { value: 1e-6, gradient: 1e-6 },
  kernelAttributes: () => [],
  reference: scaleByReference,
});

/** `sum_i x[i] weights[i]` as `[1]`. The weights are constants: no gradient flows to them. */
export function weightedSum(ctx: Context, x: Tensor, weights: Tensor): Tensor {
  return ctx.run1(weightedSumOp, [x, weights], {});
}
