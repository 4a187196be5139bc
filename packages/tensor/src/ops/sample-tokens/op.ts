import type { Context } from "../../context.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { sampleTokensReference } from "./reference.js";

export const sampleTokensOp = defineOp<NoAttrs>({
  name: "sample_tokens",
  infer([logits, parameters]) {
    requireShape(
      logits?.shape.length === 2 && parameters?.shape[0] === logits.shape[0] && parameters?.shape[1] === 4,
      "sample_tokens",
      `logits [${logits?.shape}] must be [rows, vocab] and parameters [${parameters?.shape}] [rows, 4]`,
    );
    return [{ dtype: "i32", shape: [logits.shape[0]!] }];
  },
  cost: ([logits]) => ({ flops: 10 * sizeOf(logits!.shape), bytes: 4 * sizeOf(logits!.shape) }),
  tolerance: { value: 0, gradient: 0 },
  kernelAttributes: () => [],
  reference: sampleTokensReference,
});

/**
 * Draws a token for every row of logits `[rows, vocab]`. parameters `[rows, 4]`: temperature (0 is greedy), topP, topK (0
 * keeps all), and a number in [0, 1) that decides. Result i32 `[rows]`: -1 where no logit is finite.
 */
export function sampleTokens(ctx: Context, logits: Tensor, parameters: Tensor): Tensor {
  return ctx.run1(sampleTokensOp, [logits, parameters], {});
}
