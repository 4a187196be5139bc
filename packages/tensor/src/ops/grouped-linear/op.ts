import type { Context } from "../../context.js";
import { requireOffsets } from "../../indices.js";
import { defineOp, type GradientCall } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { requireWeight, sumOf } from "../linear/op.js";
import {
  groupedLinearInputGradientReference,
  groupedLinearReference,
  groupedLinearWeightGradientReference,
} from "./reference.js";

type NoAttrs = Record<string, never>;

export const groupedLinearOp = defineOp<NoAttrs>({
  name: "grouped_linear",
  infer([x, offsets, ...weights]) {
    return weights.map((weight) => {
      requireShape(
        x?.shape.length === 2 && weight?.shape.length === 3,
        "grouped_linear",
        `x [${x?.shape}] must be [rows, in] and weight [${weight?.shape}] [groups, out, in]`,
      );
      requireShape(
        offsets?.dtype === "i32" && sizeOf(offsets.shape) === weight.shape[0]! + 1,
        "grouped_linear",
        `offsets [${offsets?.shape}] must be i32, one more than the ${weight.shape[0]} groups`,
      );
      requireWeight("grouped_linear", weight, x.shape[1]!);
      return { dtype: "f32", shape: [x.shape[0]!, weight.shape[1]!] };
    });
  },
  cost: ([x, , ...weights]) => ({
    flops: weights.reduce((sum, weight) => sum + 2 * sizeOf(x!.shape) * weight!.shape[1]!, 0),
    bytes: 4 * weights.reduce((sum, w) => sum + sizeOf(w!.shape) + x!.shape[0]! * w!.shape[1]!, sizeOf(x!.shape)),
  }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  proveIndices: ([x, offsets]) => requireOffsets("grouped_linear", offsets!, x!.shape[0]!),
  kernelAttributes: () => [],
  reference: groupedLinearReference,
  gradient: groupedLinearGradient,
});

/** inputs dy `[M, N]`, weight `[X, N, K]`, offsets; output dx `[M, K]`. */
export const groupedLinearInputGradientOp = defineOp<NoAttrs>({
  name: "grouped_linear_input_gradient",
  infer: ([dy, weight]) => [{ dtype: "f32", shape: [dy!.shape[0]!, weight!.shape[2]!] }],
  cost: ([dy, weight]) => ({
    flops: 2 * sizeOf(dy!.shape) * weight!.shape[2]!,
    bytes: 4 * (sizeOf(dy!.shape) + sizeOf(weight!.shape)),
  }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  proveIndices: ([dy, , offsets]) => requireOffsets("grouped_linear_input_gradient", offsets!, dy!.shape[0]!),
  kernelAttributes: () => [],
  reference: groupedLinearInputGradientReference,
});

/** inputs dy `[M, N]`, x `[M, K]`, offsets `[X+1]`; output dweight `[X, N, K]`, zero for empty groups. */
export const groupedLinearWeightGradientOp = defineOp<NoAttrs>({
  name: "grouped_linear_weight_gradient",
  infer: ([dy, x, offsets]) => [{ dtype: "f32", shape: [sizeOf(offsets!.shape) - 1, dy!.shape[1]!, x!.shape[1]!] }],
  cost: ([dy, x]) => ({
    flops: 2 * sizeOf(dy!.shape) * x!.shape[1]!,
    bytes: 4 * (sizeOf(dy!.shape) + sizeOf(x!.shape)),
  }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  proveIndices: ([dy, , offsets]) => requireOffsets("grouped_linear_weight_gradient", offsets!, dy!.shape[0]!),
  kernelAttributes: () => [],
  reference: groupedLinearWeightGradientReference,
});

function groupedLinearGradient(call: GradientCall<unknown>): (Tensor | undefined)[] {
  const { ctx, inputs, outputGradients, needs } = call;
  const [x, offsets, ...weights] = inputs;
  const toInput = weights.map((weight, i) => {
    const dy = outputGradients[i];
    return needs[0] && dy ? ctx.run1(groupedLinearInputGradientOp, [dy, weight, offsets], {}) : undefined;
  });
  const toWeights = weights.map((_, i) => {
    const dy = outputGradients[i];
    return needs[i + 2] && dy ? ctx.run1(groupedLinearWeightGradientOp, [dy, x, offsets], {}) : undefined;
  });
  return [sumOf(ctx, toInput), undefined, ...toWeights];
}

/**
 * Rows sorted by group, each through its group's matrix: rows `offsets[g]..offsets[g+1]` give `x W[g]^T`.
 * x `[rows, in]` (rounded to bf16 unless weights are f32), weight `[groups, out, in]` (as in `linear`), offsets i32 `[groups + 1]`, result `[rows, out]`.
 */
export function groupedLinear(ctx: Context, x: Tensor, weight: Tensor, offsets: Tensor): Tensor {
  return ctx.run1(groupedLinearOp, [x, offsets, weight], {});
}

/** Several grouped layers of one input, in one go. */
export function groupedLinears(
  ctx: Context,
  x: Tensor,
  weights: readonly Tensor[],
  offsets: Tensor,
): readonly Tensor[] {
  return ctx.run(groupedLinearOp, [x, offsets, ...weights], {});
}
