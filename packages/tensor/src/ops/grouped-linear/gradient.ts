import type { GradientCall } from "../../op.js";
import type { Tensor } from "../../tensor.js";
import { groupedLinearInputGradientOp, groupedLinearWeightGradientOp } from "./op.js";

export function groupedLinearGradient(call: GradientCall<unknown>): (Tensor | undefined)[] {
  const { ctx, inputs, outputGradients, needs } = call;
  const [x, weight, offsets] = inputs;
  const dy = outputGradients[0];
  return [
    needs[0] ? ctx.run1(groupedLinearInputGradientOp, [dy, weight, offsets], {}) : undefined,
    needs[1] ? ctx.run1(groupedLinearWeightGradientOp, [dy, x, offsets], {}) : undefined,
  ];
}
