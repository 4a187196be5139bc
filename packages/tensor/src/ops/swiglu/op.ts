import type { Context } from "../../context.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { requireShape, sameShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { swigluBackwardReference, swigluReference } from "./reference.js";

export const swigluOp = defineOp<NoAttrs>({
  name: "swiglu",
  infer([gate, up]) {
    requireShape(
      gate !== undefined && up !== undefined && sameShape(gate.shape, up.shape),
      "swiglu",
      `gate [${gate?.shape}] and up [${up?.shape}] must be the same shape`,
    );
    return [{ dtype: "f32", shape: gate.shape }];
  },
  cost: ([gate]) => ({ flops: 5 * sizeOf(gate!.shape), bytes: 12 * sizeOf(gate!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: swigluReference,
  gradient: ({ ctx, inputs, outputGradients }) => ctx.run(swigluBackwardOp, [...inputs, outputGradients[0]], {}),
});

/** inputs gate, up, dy; outputs dgate, dup. */
const swigluBackwardOp = defineOp<NoAttrs>({
  name: "swiglu_backward",
  infer: ([gate]) => [
    { dtype: "f32", shape: gate!.shape },
    { dtype: "f32", shape: gate!.shape },
  ],
  cost: ([gate]) => ({ flops: 10 * sizeOf(gate!.shape), bytes: 20 * sizeOf(gate!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: swigluBackwardReference,
});

/** `silu(gate) * up` with `silu(x) = x / (1 + e^-x)`, elementwise. */
export function swiglu(ctx: Context, gate: Tensor, up: Tensor): Tensor {
  return ctx.run1(swigluOp, [gate, up], {});
}
