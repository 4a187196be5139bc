import type { GradientCall } from "../../op.js";
import type { Tensor } from "../../tensor.js";
import { type RmsNormAttrs, rmsNormBackwardOp } from "./op.js";

export function rmsNormGradient({
  ctx,
  inputs,
  outputGradients,
  attrs,
}: GradientCall<RmsNormAttrs>): readonly Tensor[] {
  return ctx.run(rmsNormBackwardOp, [inputs[0], inputs[1], outputGradients[0]], attrs);
}
