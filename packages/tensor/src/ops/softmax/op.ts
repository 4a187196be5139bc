import type { Context } from "../../context.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { softmaxBackwardReference, softmaxReference } from "./reference.js";

export const softmaxOp = defineOp<NoAttrs>({
  name: "softmax",
  infer: ([x]) => [{ dtype: "f32", shape: x!.shape }],
  cost: ([x]) => ({ flops: 5 * sizeOf(x!.shape), bytes: 8 * sizeOf(x!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: softmaxReference,
  gradient: ({ ctx, outputs, outputGradients }) => [ctx.run1(softmaxBackwardOp, [outputs[0], outputGradients[0]], {})],
});

/** inputs y (the softmax), dy; output dx. */
const softmaxBackwardOp = defineOp<NoAttrs>({
  name: "softmax_backward",
  infer: ([y]) => [{ dtype: "f32", shape: y!.shape }],
  cost: ([y]) => ({ flops: 4 * sizeOf(y!.shape), bytes: 12 * sizeOf(y!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: softmaxBackwardReference,
});

/** Softmax over the last dimension. */
export function softmax(ctx: Context, x: Tensor): Tensor {
  return ctx.run1(softmaxOp, [x], {});
}
