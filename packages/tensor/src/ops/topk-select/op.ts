import type { Context } from "../../context.js";
import { defineOp } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { topkSelectReference } from "./reference.js";

export interface TopkSelectAttrs {
  k: number;
}

export const topkSelectOp = defineOp<TopkSelectAttrs>({
  name: "topk_select",
  infer([scores], { k }) {
    requireShape(scores !== undefined && k > 0, "topk_select", `k is ${k}; at least one entry must be kept`);
    return [{ dtype: "i32", shape: scores.shape.with(-1, k) }];
  },
  cost: ([scores]) => ({ flops: 0, bytes: 4 * sizeOf(scores!.shape) }),
  tolerance: { value: 0, gradient: 0 },
  kernelAttributes: ({ k }) => [k],
  reference: topkSelectReference,
});

/**
 * Positions of the `k` largest scores of each row, ascending; ties at the cut go to the lower position, and -1 fills
 * rows with fewer than k scores above -Infinity. scores `[.., T]`, result i32 `[.., k]`. No gradient.
 */
export function topkSelect(ctx: Context, scores: Tensor, attrs: TopkSelectAttrs): Tensor {
  return ctx.run1(topkSelectOp, [scores], attrs);
}
