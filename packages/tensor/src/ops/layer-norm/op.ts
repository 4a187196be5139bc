import type { Context } from "../../context.js";
import { defineOp } from "../../op.js";
import { dimAt, requireShape, sameShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type LayerNormAttrs, layerNormBackwardReference, layerNormReference } from "./reference.js";

export const layerNormOp = defineOp<LayerNormAttrs>({
  name: "layer_norm",
  infer([x, weight, bias]) {
    requireShape(
      x !== undefined &&
        weight?.shape.length === 1 &&
        weight.shape[0] === dimAt(x.shape, -1) &&
        bias !== undefined &&
        sameShape(weight.shape, bias.shape),
      "layer_norm",
      `weight [${weight?.shape}] and bias [${bias?.shape}] must be one value per last dimension of x [${x?.shape}]`,
    );
    return [{ dtype: "f32", shape: x.shape }];
  },
  cost: ([x]) => ({ flops: 7 * sizeOf(x!.shape), bytes: 8 * sizeOf(x!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-4 },
  kernelAttributes: ({ epsilon }) => [epsilon],
  reference: layerNormReference,
  gradient: ({ ctx, inputs, outputGradients, attrs }) =>
    ctx.run(layerNormBackwardOp, [inputs[0], inputs[1], outputGradients[0]], attrs),
});

/** inputs x, weight, dy; outputs dx, dweight, dbias. */
const layerNormBackwardOp = defineOp<LayerNormAttrs>({
  name: "layer_norm_backward",
  infer: ([x, weight]) => [
    { dtype: "f32", shape: x!.shape },
    { dtype: "f32", shape: weight!.shape },
    { dtype: "f32", shape: weight!.shape },
  ],
  cost: ([x]) => ({ flops: 14 * sizeOf(x!.shape), bytes: 12 * sizeOf(x!.shape) }),
  tolerance: { value: 1e-4, gradient: 1e-4 },
  kernelAttributes: ({ epsilon }) => [epsilon],
  reference: layerNormBackwardReference,
});

/**
 * Layer norm over the last dimension: `y = (x - mean) / sqrt(variance + epsilon) * weight + bias`.
 * x `[..., dim]`, weight and bias `[dim]`.
 */
export function layerNorm(ctx: Context, x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  return ctx.run1(layerNormOp, [x, weight, bias], { epsilon });
}
