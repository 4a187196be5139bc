import type { Context } from "../../context.js";
import { defineOp, type NoAttrs } from "../../op.js";
import { requireShape, sameShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { klDivergenceBackwardReference, klDivergenceReference } from "./reference.js";

export const klDivergenceOp = defineOp<NoAttrs>({
  name: "kl_divergence",
  infer([target, logits]) {
    requireShape(
      target !== undefined && logits !== undefined && sameShape(target.shape, logits.shape),
      "kl_divergence",
      `target [${target?.shape}] and logits [${logits?.shape}] must be the same shape`,
    );
    return [{ dtype: "f32", shape: target.shape.slice(0, -1) }];
  },
  cost: ([target]) => ({ flops: 6 * sizeOf(target!.shape), bytes: 8 * sizeOf(target!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: klDivergenceReference,
  gradient: ({ ctx, inputs, outputGradients }) => [
    undefined,
    ctx.run1(klDivergenceBackwardOp, [inputs[0], inputs[1], outputGradients[0]], {}),
  ],
});

/** inputs target, logits, dy; output dlogits. */
const klDivergenceBackwardOp = defineOp<NoAttrs>({
  name: "kl_divergence_backward",
  infer: ([target]) => [{ dtype: "f32", shape: target!.shape }],
  cost: ([target]) => ({ flops: 6 * sizeOf(target!.shape), bytes: 12 * sizeOf(target!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  kernelAttributes: () => [],
  reference: klDivergenceBackwardReference,
});

/**
 * `KL(target || softmax(logits))` over the last dimension, in nats: the indexer's loss (report section 2.1).
 * target and logits `[.., T]`, result `[..]`. The target is a constant; entries with logit -Infinity are left out.
 */
export function klDivergence(ctx: Context, target: Tensor, logits: Tensor): Tensor {
  return ctx.run1(klDivergenceOp, [target, logits], {});
}
