import type { GradientCall } from "../../op.js";
import type { Tensor } from "../../tensor.js";
import { linearInputGradientOp, linearWeightGradientOp } from "./op.js";

export function linearGradient({ ctx, inputs, outputGradients, needs }: GradientCall<unknown>): (Tensor | undefined)[] {
  const [x, weight] = inputs;
  const dy = outputGradients[0];
  return [
    needs[0] ? ctx.run1(linearInputGradientOp, [dy, weight], {}) : undefined,
    needs[1] ? ctx.run1(linearWeightGradientOp, [dy, x], {}) : undefined,
  ];
}
