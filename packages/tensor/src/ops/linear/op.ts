import type { Context } from "../../context.js";
import { TensorError } from "../../errors.js";
import { defineOp, type GradientCall, type OpContext, type TensorSpec } from "../../op.js";
import { ROW_SCALE_BYTES } from "../../quantized-rows.js";
import { dimAt, requireShape, rowsOf, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { accumulate } from "../accumulate/op.js";
import { linearInputGradientReference, linearReference, linearWeightGradientReference } from "./reference.js";

type NoAttrs = Record<string, never>;

function productCost(rows: number, inner: number, outer: number) {
  return { flops: 2 * rows * inner * outer, bytes: 4 * (rows * inner + inner * outer + rows * outer) };
}

/**
 * Requires a weight's inner size and dtype: f32, bf16, or u8 for 8-bit rows (see quantized-rows.ts).
 * @throws TensorError
 */
export function requireWeight(op: string, weight: TensorSpec | undefined, inner: number): asserts weight {
  if (weight?.dtype !== "f32" && weight?.dtype !== "bf16" && weight?.dtype !== "u8")
    throw new TensorError(
      "dtype_mismatch",
      `${op}: weights are f32, bf16 or u8, not ${weight?.dtype}; cast them first`,
    );
  const wanted = weight.dtype === "u8" ? inner + ROW_SCALE_BYTES : inner;
  requireShape(
    weight.shape.at(-1) === wanted,
    op,
    `weight [${weight.shape}] (${weight.dtype}) must have ${wanted} in its last dimension, for inputs of ${inner}`,
  );
}

export const linearOp = defineOp<NoAttrs>({
  name: "linear",
  infer([x, ...weights]) {
    return weights.map((weight) => {
      requireShape(
        x !== undefined && weight?.shape.length === 2,
        "linear",
        `weight [${weight?.shape}] must be [out, in] with in the last dimension of x [${x?.shape}]`,
      );
      requireWeight("linear", weight, dimAt(x.shape, -1));
      return { dtype: "f32", shape: [...x.shape.slice(0, -1), weight.shape[0]!] };
    });
  },
  cost([x, ...weights]) {
    const outer = weights.reduce((sum, weight) => sum + weight!.shape[0]!, 0);
    return productCost(rowsOf(x!.shape), dimAt(x!.shape, -1), outer);
  },
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: linearReference,
  gradient: linearGradient,
});

/** inputs dy `[.., N]`, weight `[N, K]`; output dx `[.., K]`. */
export const linearInputGradientOp = defineOp<NoAttrs>({
  name: "linear_input_gradient",
  infer: ([dy, weight]) => [{ dtype: "f32", shape: [...dy!.shape.slice(0, -1), weight!.shape[1]!] }],
  cost: ([dy, weight]) => productCost(rowsOf(dy!.shape), weight!.shape[0]!, weight!.shape[1]!),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: linearInputGradientReference,
});

/** inputs dy `[.., N]`, x `[.., K]`; output dweight `[N, K]`. */
export const linearWeightGradientOp = defineOp<NoAttrs>({
  name: "linear_weight_gradient",
  infer: ([dy, x]) => [{ dtype: "f32", shape: [dimAt(dy!.shape, -1), dimAt(x!.shape, -1)] }],
  cost: ([dy, x]) => productCost(rowsOf(dy!.shape), dimAt(dy!.shape, -1), sizeOf(x!.shape) / rowsOf(x!.shape)),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: linearWeightGradientReference,
});

/** The sum of the gradients that came, in the memory of the first. */
export function sumOf(ctx: OpContext, gradients: readonly (Tensor | undefined)[]): Tensor | undefined {
  const [first, ...others] = gradients.filter((gradient) => gradient !== undefined);
  for (const other of others) {
    accumulate(ctx, first!, other);
    ctx.release(other);
  }
  return first;
}

function linearGradient({ ctx, inputs, outputGradients, needs }: GradientCall<unknown>): (Tensor | undefined)[] {
  const [x, ...weights] = inputs;
  const toInput = weights.map((weight, i) => {
    const dy = outputGradients[i];
    return needs[0] && dy ? ctx.run1(linearInputGradientOp, [dy, weight], {}) : undefined;
  });
  const toWeights = weights.map((_, i) => {
    const dy = outputGradients[i];
    return needs[i + 1] && dy ? ctx.run1(linearWeightGradientOp, [dy, x], {}) : undefined;
  });
  return [sumOf(ctx, toInput), ...toWeights];
}

/**
 * `y = x W^T`. x `[.., in]`, weight `[out, in]` (f32, bf16, or 8-bit rows as u8 `[out, in + 4]`), result `[.., out]`.
 * With other weights than f32 x is rounded to bf16, as dot-product instructions need it; sums are f32.
 */
export function linear(ctx: Context, x: Tensor, weight: Tensor): Tensor {
  return ctx.run1(linearOp, [x, weight], {});
}

/** Several linear layers of one input, in one go: decoding is faster the fewer pieces its weights are read in. */
export function linears(ctx: Context, x: Tensor, weights: readonly Tensor[]): readonly Tensor[] {
  return ctx.run(linearOp, [x, ...weights], {});
}
