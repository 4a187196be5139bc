import type { Context } from "../../context.js";
import { requireIndices } from "../../indices.js";
import { defineOp } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type RouteWeightsAttrs, routeWeightsBackwardReference, routeWeightsReference } from "./reference.js";

const kernelAttributes = ({ normalize, scale }: RouteWeightsAttrs) => [normalize ? 1 : 0, scale];

export const routeWeightsOp = defineOp<RouteWeightsAttrs>({
  name: "route_weights",
  infer([scores, indices]) {
    requireShape(
      scores?.shape.length === 2 && indices?.shape.length === 2 && scores.shape[0] === indices.shape[0],
      "route_weights",
      `scores [${scores?.shape}] must be [rows, experts] and indices [${indices?.shape}] be [rows, k]`,
    );
    return [{ dtype: "f32", shape: indices.shape }];
  },
  cost: ([, indices]) => ({ flops: 3 * sizeOf(indices!.shape), bytes: 12 * sizeOf(indices!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  proveIndices: ([scores, indices]) => requireIndices("route_weights", "indices", indices, scores!.shape[1]!),
  kernelAttributes,
  reference: routeWeightsReference,
  gradient: ({ ctx, inputs, outputGradients, attrs }) => [
    ctx.run1(routeWeightsBackwardOp, [inputs[0], inputs[1], outputGradients[0]], attrs),
    undefined,
  ],
});

/** inputs scores, indices, dy; output dscores. */
const routeWeightsBackwardOp = defineOp<RouteWeightsAttrs>({
  name: "route_weights_backward",
  infer: ([scores]) => [{ dtype: "f32", shape: scores!.shape }],
  cost: ([scores]) => ({ flops: sizeOf(scores!.shape), bytes: 8 * sizeOf(scores!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  proveIndices: ([scores, indices]) => requireIndices("route_weights_backward", "indices", indices, scores!.shape[1]!),
  kernelAttributes,
  reference: routeWeightsBackwardReference,
});

/** Weights of the chosen experts from their *unbiased* scores. scores `[rows, experts]`, indices i32 `[rows, k]`. */
export function routeWeights(ctx: Context, scores: Tensor, indices: Tensor, attrs: RouteWeightsAttrs): Tensor {
  return ctx.run1(routeWeightsOp, [scores, indices], attrs);
}
