import type { Context } from "../../context.js";
import { requireIndices } from "../../indices.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { requireShape, sameShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { moeCombineBackwardReference, moeCombineReference } from "./reference.js";

export const moeCombineOp = defineOp<NoAttrs>({
  name: "moe_combine",
  infer([y, slotOf, weights]) {
    requireShape(
      y?.shape.length === 2 &&
        slotOf?.shape.length === 2 &&
        weights !== undefined &&
        sameShape(slotOf.shape, weights.shape),
      "moe_combine",
      `y [${y?.shape}] must be [slots, dim], slotOf [${slotOf?.shape}] and weights [${weights?.shape}] be [rows, k]`,
    );
    return [{ dtype: "f32", shape: [slotOf.shape[0]!, y.shape[1]!] }];
  },
  cost: ([y]) => ({ flops: 2 * sizeOf(y!.shape), bytes: 8 * sizeOf(y!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  proveIndices: ([y, slotOf]) => requireIndices("moe_combine", "slotOf", slotOf, y!.shape[0]!),
  kernelAttributes: () => [],
  reference: moeCombineReference,
  gradient({ ctx, inputs, outputGradients }) {
    const [dy, dweights] = ctx.run(moeCombineBackwardOp, [...inputs, outputGradients[0]], {});
    return [dy, undefined, dweights];
  },
});

/** inputs y, slotOf, weights, dout; outputs dy, dweights. Every slot belongs to one choice. */
const moeCombineBackwardOp = defineOp<NoAttrs>({
  name: "moe_combine_backward",
  infer: ([y, , weights]) => [
    { dtype: "f32", shape: y!.shape },
    { dtype: "f32", shape: weights!.shape },
  ],
  cost: ([y]) => ({ flops: 4 * sizeOf(y!.shape), bytes: 12 * sizeOf(y!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  proveIndices: ([y, slotOf]) => requireIndices("moe_combine_backward", "slotOf", slotOf, y!.shape[0]!),
  kernelAttributes: () => [],
  reference: moeCombineBackwardReference,
});

/** `out[n] = sum_k weights[n,k] y[slotOf[n,k]]`. y `[slots, dim]`, slotOf i32 and weights `[rows, k]`. */
export function moeCombine(ctx: Context, y: Tensor, slotOf: Tensor, weights: Tensor): Tensor {
  return ctx.run1(moeCombineOp, [y, slotOf, weights], {});
}
