import type { Context } from "../../context.js";
import { TensorError } from "../../errors.js";
import { defineOp, type GradientCall } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type HeadLinearAttrs, headLinearReference, headLinearWeightGradientReference } from "./reference.js";

export const headLinearOp = defineOp<HeadLinearAttrs>({
  name: "head_linear",
  infer([x, weight], { transposeWeight }) {
    const inner = transposeWeight ? 2 : 1;
    requireShape(
      x?.shape.length === 3 &&
        weight?.shape.length === 3 &&
        weight.shape[0] === x.shape[1] &&
        weight.shape[inner] === x.shape[2],
      "head_linear",
      `x [${x?.shape}] must be [rows, heads, in] and weight [${weight?.shape}] have the same heads and inner dimension`,
    );
    if (weight.dtype !== "f32" && weight.dtype !== "bf16")
      throw new TensorError(
        "dtype_mismatch",
        `head_linear: weights are f32 or bf16, not ${weight.dtype}; cast them first`,
      );
    if (weight.dtype === "bf16" && !transposeWeight)
      throw new TensorError("unsupported", "head_linear: bf16 weights must lie [heads, out, in]; set transposeWeight");
    return [{ dtype: "f32", shape: [x.shape[0]!, x.shape[1]!, weight.shape[3 - inner]!] }];
  },
  cost: ([x, weight]) => ({
    flops: (2 * sizeOf(x!.shape) * sizeOf(weight!.shape)) / (x!.shape[1]! * x!.shape[2]!),
    bytes: 4 * (sizeOf(x!.shape) + sizeOf(weight!.shape)),
  }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: ({ transposeWeight }) => [transposeWeight ? 1 : 0],
  reference: headLinearReference,
  gradient: headLinearGradient,
});

/** inputs x `[N, H, A]`, dy `[N, H, B]`; output dweight `[H, A, B]`: sum over rows of the outer products. */
const headLinearWeightGradientOp = defineOp<Record<string, never>>({
  name: "head_linear_weight_gradient",
  infer: ([x, dy]) => [{ dtype: "f32", shape: [x!.shape[1]!, x!.shape[2]!, dy!.shape[2]!] }],
  cost: ([x, dy]) => ({
    flops: 2 * sizeOf(x!.shape) * dy!.shape[2]!,
    bytes: 4 * (sizeOf(x!.shape) + sizeOf(dy!.shape)),
  }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: headLinearWeightGradientReference,
});

function headLinearGradient(call: GradientCall<HeadLinearAttrs>): (Tensor | undefined)[] {
  const { ctx, inputs, outputGradients, needs } = call;
  const [x, weight] = inputs;
  const dy = outputGradients[0];
  const { transposeWeight } = call.attrs;
  const outer = transposeWeight ? [dy, x] : [x, dy];
  return [
    needs[0] ? ctx.run1(headLinearOp, [dy, weight], { transposeWeight: !transposeWeight }) : undefined,
    needs[1] ? ctx.run1(headLinearWeightGradientOp, outer, {}) : undefined,
  ];
}

/**
 * One matrix per head: `y[n,h] = x[n,h] W[h]`. x `[rows, heads, in]`, result `[rows, heads, out]`; weight
 * `[heads, in, out]`, or `[heads, out, in]` with `transposeWeight`, which bf16 weights need (x is then rounded to bf16).
 * @throws TensorError `unsupported` for bf16 weights that lie the other way.
 */
export function headLinear(ctx: Context, x: Tensor, weight: Tensor, attrs: HeadLinearAttrs): Tensor {
  return ctx.run1(headLinearOp, [x, weight], attrs);
}
