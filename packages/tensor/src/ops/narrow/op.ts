import type { Context } from "../../context.js";
import { defineOp } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type NarrowAttrs, narrowReference, padReference } from "./reference.js";

export const narrowOp = defineOp<NarrowAttrs>({
  name: "narrow",
  infer([x], { axis, start, length }) {
    requireShape(
      x !== undefined && axis >= 0 && axis < x.shape.length && start >= 0 && start + length <= x.shape[axis]!,
      "narrow",
      `${start}..${start + length} of axis ${axis} is outside [${x?.shape}]`,
    );
    return [{ dtype: "f32", shape: x.shape.with(axis, length) }];
  },
  cost: ([x], { axis, length }) => ({ flops: 0, bytes: (8 * sizeOf(x!.shape) * length) / x!.shape[axis]! }),
  tolerance: { value: 0, gradient: 0 },
  kernelAttributes: ({ axis, start, length }) => [axis, start, length],
  reference: narrowReference,
  gradient: ({ ctx, inputs, outputGradients, attrs }) => [
    ctx.run1(padOp, [outputGradients[0]], { ...attrs, size: inputs[0]!.shape[attrs.axis]! }),
  ],
});

/** The gradient of `narrow`: its input between zeros, `size` long on `axis`. */
const padOp = defineOp<NarrowAttrs & { size: number }>({
  name: "pad",
  infer: ([x], { axis, size }) => [{ dtype: "f32", shape: x!.shape.with(axis, size) }],
  cost: ([x], { size, length }) => ({ flops: 0, bytes: (4 * sizeOf(x!.shape) * (size + length)) / length }),
  tolerance: { value: 0, gradient: 0 },
  kernelAttributes: ({ axis, start, length, size }) => [axis, start, length, size],
  reference: padReference,
});

/** A copy of `[start, start + length)` along `axis` (from 0). */
export function narrow(ctx: Context, x: Tensor, attrs: NarrowAttrs): Tensor {
  return ctx.run1(narrowOp, [x], attrs);
}
