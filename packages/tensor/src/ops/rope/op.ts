import type { Context } from "../../context.js";
import type { OpDefinition } from "../../op.js";
import { requireShape, sameShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type RopeAttrs, ropeReference } from "./reference.js";

export const ropeOp: OpDefinition<RopeAttrs> = {
  name: "rope",
  infer([x, cos, sin], { start }) {
    requireShape(
      x?.shape.length === 3 &&
        cos?.shape.length === 2 &&
        sin !== undefined &&
        sameShape(cos.shape, sin.shape) &&
        cos.shape[0] === x.shape[0] &&
        start + 2 * cos.shape[1]! <= x.shape[2]!,
      "rope",
      `x [${x?.shape}] must be [rows, heads, dim] with cos [${cos?.shape}] and sin [${sin?.shape}] of [rows, rope/2]`,
    );
    return [{ dtype: "f32", shape: x.shape }];
  },
  cost: ([x]) => ({ flops: 3 * sizeOf(x!.shape), bytes: 8 * sizeOf(x!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: ({ start, interleaved, inverse }) => [start, interleaved ? 1 : 0, inverse ? 1 : 0],
  reference: ropeReference,
  gradient: ({ ctx, inputs, outputGradients, attrs }) => [
    ctx.run1(ropeOp, [outputGradients[0], inputs[1], inputs[2]], { ...attrs, inverse: !attrs.inverse }),
  ],
};

/**
 * Rotary position embedding of dims `[start, start + rope)` of each head; the others are copied.
 * x `[rows, heads, dim]`, cos and sin `[rows, rope/2]`.
 */
export function rope(
  ctx: Context,
  x: Tensor,
  cos: Tensor,
  sin: Tensor,
  attrs: Pick<RopeAttrs, "start" | "interleaved">,
): Tensor {
  return ctx.run1(ropeOp, [x, cos, sin], { ...attrs, inverse: false });
}
