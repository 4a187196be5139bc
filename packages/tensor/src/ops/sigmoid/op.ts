import type { Context } from "../../context.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { sigmoidBackwardReference, sigmoidReference } from "./reference.js";

export const sigmoidOp = defineOp<NoAttrs>({
  name: "sigmoid",
  infer: ([x]) => [{ dtype: "f32", shape: x!.shape }],
  cost: ([x]) => ({ flops: 4 * sizeOf(x!.shape), bytes: 8 * sizeOf(x!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: sigmoidReference,
  gradient: ({ ctx, outputs, outputGradients }) => [ctx.run1(sigmoidBackwardOp, [outputs[0], outputGradients[0]], {})],
});

/** inputs y (the sigmoid), dy; output dx. */
const sigmoidBackwardOp = defineOp<NoAttrs>({
  name: "sigmoid_backward",
  infer: ([y]) => [{ dtype: "f32", shape: y!.shape }],
  cost: ([y]) => ({ flops: 3 * sizeOf(y!.shape), bytes: 12 * sizeOf(y!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: sigmoidBackwardReference,
});

/** `1 / (1 + e^-x)`, elementwise. */
export function sigmoid(ctx: Context, x: Tensor): Tensor {
  return ctx.run1(sigmoidOp, [x], {});
}
