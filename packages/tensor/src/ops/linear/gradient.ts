import type { Context } from "../../context.js";
import type { GradientCall } from "../../op.js";
import type { Tensor } from "../../tensor.js";
import { accumulate } from "../accumulate/op.js";
import { linearInputGradientOp, linearWeightGradientOp } from "./op.js";

/** The sum of the gradients that came, in the memory of the first. */
export function sumOf(ctx: Context, gradients: readonly (Tensor | undefined)[]): Tensor | undefined {
  const [first, ...others] = gradients.filter((gradient) => gradient !== undefined);
  for (const other of others) {
    accumulate(ctx, first!, other);
    ctx.release(other);
  }
  return first;
}

export function linearGradient({ ctx, inputs, outputGradients, needs }: GradientCall<unknown>): (Tensor | undefined)[] {
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
