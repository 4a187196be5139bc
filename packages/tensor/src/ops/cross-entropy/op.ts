import type { Context } from "../../context.js";
import { requireIndices } from "../../indices.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { crossEntropyBackwardReference, crossEntropyReference } from "./reference.js";

export const crossEntropyOp = defineOp<NoAttrs>({
  name: "cross_entropy",
  infer([logits, targets]) {
    requireShape(
      logits?.shape.length === 2 && targets?.shape.length === 1 && targets.shape[0] === logits.shape[0],
      "cross_entropy",
      `logits [${logits?.shape}] must be [rows, vocab] and targets [${targets?.shape}] be [rows]`,
    );
    return [{ dtype: "f32", shape: targets.shape }];
  },
  cost: ([logits]) => ({ flops: 4 * sizeOf(logits!.shape), bytes: 4 * sizeOf(logits!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  proveIndices: ([logits, targets]) =>
    requireIndices("cross_entropy", "targets", targets, logits!.shape[1]!, { except: -100 }),
  kernelAttributes: () => [],
  reference: crossEntropyReference,
  gradient: ({ ctx, inputs, outputGradients }) => [
    ctx.run1(crossEntropyBackwardOp, [inputs[0], inputs[1], outputGradients[0]], {}),
    undefined,
  ],
});

/** inputs logits, targets, dy; output dlogits. */
const crossEntropyBackwardOp = defineOp<NoAttrs>({
  name: "cross_entropy_backward",
  infer: ([logits]) => [{ dtype: "f32", shape: logits!.shape }],
  cost: ([logits]) => ({ flops: 5 * sizeOf(logits!.shape), bytes: 8 * sizeOf(logits!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  proveIndices: ([logits, targets]) =>
    requireIndices("cross_entropy_backward", "targets", targets, logits!.shape[1]!, { except: -100 }),
  kernelAttributes: () => [],
  reference: crossEntropyBackwardReference,
});

/**
 * `-log softmax(logits)[target]` per row, in nats. logits `[rows, vocab]`, targets i32 `[rows]`; target -100 gives
 * loss 0 and no gradient.
 */
export function crossEntropy(ctx: Context, logits: Tensor, targets: Tensor): Tensor {
  return ctx.run1(crossEntropyOp, [logits, targets], {});
}
