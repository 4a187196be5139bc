import type { Context } from "../../context.js";
import { defineOp } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type AdamwAttrs, adamwReference } from "./reference.js";

export const adamwOp = defineOp<AdamwAttrs>({
  name: "adamw",
  mutates: [0, 1, 2],
  infer(inputs) {
    const sizes = inputs.map((input) => (input ? sizeOf(input.shape) : -1));
    requireShape(
      sizes.length === 4 && sizes.every((size) => size === sizes[0]),
      "adamw",
      `parameter, moments and gradient must have one size, not ${sizes.join(", ")}`,
    );
    return [];
  },
  cost: ([parameter]) => ({ flops: 12 * sizeOf(parameter!.shape), bytes: 28 * sizeOf(parameter!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: (attrs) => [
    attrs.learningRate,
    attrs.beta1,
    attrs.beta2,
    attrs.epsilon,
    attrs.weightDecay,
    attrs.step,
    attrs.gradientScale,
  ],
  reference: adamwReference,
});

/** One AdamW update, in place: parameter, first moment `m` and second moment `v` change. All f32, equal sizes. */
export function adamw(
  ctx: Context,
  parameter: Tensor,
  m: Tensor,
  v: Tensor,
  gradient: Tensor,
  attrs: AdamwAttrs,
): void {
  ctx.run(adamwOp, [parameter, m, v, gradient], attrs);
}
