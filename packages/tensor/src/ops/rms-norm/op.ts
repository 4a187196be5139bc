import type { Context } from "../../context.js";
import { defineOp, type GradientCall } from "../../op.js";
import { dimAt, requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type RmsNormAttrs, rmsNormBackwardReference, rmsNormReference } from "./reference.js";

export const rmsNormOp = defineOp<RmsNormAttrs>({
  name: "rms_norm",
  infer([x, weight]) {
    requireShape(
      x !== undefined && weight?.shape.length === 1 && weight.shape[0] === dimAt(x.shape, -1),
      "rms_norm",
      `weight [${weight?.shape}] must be one value per last dimension of x [${x?.shape}]`,
    );
    return [{ dtype: "f32", shape: x.shape }];
  },
  cost: ([x]) => ({ flops: 4 * sizeOf(x!.shape), bytes: 8 * sizeOf(x!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-4 },
  kernelAttributes: ({ epsilon }) => [epsilon],
  reference: rmsNormReference,
  gradient: rmsNormGradient,
});

/** inputs x, weight, dy; outputs dx, dweight. */
const rmsNormBackwardOp = defineOp<RmsNormAttrs>({
  name: "rms_norm_backward",
  infer: ([x, weight]) => [
    { dtype: "f32", shape: x!.shape },
    { dtype: "f32", shape: weight!.shape },
  ],
  cost: ([x]) => ({ flops: 10 * sizeOf(x!.shape), bytes: 12 * sizeOf(x!.shape) }),
  tolerance: { value: 1e-4, gradient: 1e-4 },
  kernelAttributes: ({ epsilon }) => [epsilon],
  reference: rmsNormBackwardReference,
});

function rmsNormGradient({ ctx, inputs, outputGradients, attrs }: GradientCall<RmsNormAttrs>): readonly Tensor[] {
  return ctx.run(rmsNormBackwardOp, [inputs[0], inputs[1], outputGradients[0]], attrs);
}

/**
 * Root-mean-square norm over the last dimension: `y = x / sqrt(mean(x^2) + epsilon) * weight`.
 * x `[..., dim]`, weight `[dim]`, result `[..., dim]`.
 */
export function rmsNorm(ctx: Context, x: Tensor, weight: Tensor, epsilon: number): Tensor {
  return ctx.run1(rmsNormOp, [x, weight], { epsilon });
}
