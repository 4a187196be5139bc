import type { GradientCall } from "../../op.js";
import type { Tensor } from "../../tensor.js";
import { sumOf } from "../linear/gradient.js";
import { groupedLinearInputGradientOp, groupedLinearWeightGradientOp } from "./op.js";

export function groupedLinearGradient(call: GradientCall<unknown>): (Tensor | undefined)[] {
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
