import type { Context } from "../../context.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { requireShape, sameShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { addReference } from "./reference.js";

export const addOp = defineOp<NoAttrs>({
  name: "add",
  infer([a, b]) {
    requireShape(
      a !== undefined && b !== undefined && sameShape(a.shape, b.shape),
      "add",
      `[${a?.shape}] and [${b?.shape}] must be the same shape`,
    );
    return [{ dtype: "f32", shape: a.shape }];
  },
  cost: ([a]) => ({ flops: sizeOf(a!.shape), bytes: 12 * sizeOf(a!.shape) }),
  tolerance: { value: 1e-6, gradient: 1e-6 },
  kernelAttributes: () => [],
  reference: addReference,
  gradient: ({ outputGradients }) => [outputGradients[0], outputGradients[0]],
});

/** `a + b`, elementwise, equal shapes. */
export function add(ctx: Context, a: Tensor, b: Tensor): Tensor {
  return ctx.run1(addOp, [a, b], {});
}
