import type { GradientCall } from "../../op.js";
import type { Tensor } from "../../tensor.js";
import { type HeadLinearAttrs, headLinearOp, headLinearWeightGradientOp } from "./op.js";

export function headLinearGradient(call: GradientCall<HeadLinearAttrs>): (Tensor | undefined)[] {
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
