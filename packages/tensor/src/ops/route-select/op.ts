import type { Context } from "../../context.js";
import { defineOp } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type RouteSelectAttrs, routeSelectReference } from "./reference.js";

export const routeSelectOp = defineOp<RouteSelectAttrs>({
  name: "route_select",
  infer([scores, bias], { topK, groups, keptGroups }) {
    const experts = scores?.shape[1] ?? 0;
    requireShape(
      scores?.shape.length === 2 && (bias === undefined || bias.shape[0] === experts),
      "route_select",
      `scores [${scores?.shape}] must be [rows, experts] and bias [${bias?.shape}] be [experts]`,
    );
    requireShape(
      experts % groups === 0 && keptGroups <= groups && topK <= (experts / groups) * keptGroups,
      "route_select",
      `${topK} of ${experts} experts cannot be chosen from ${keptGroups} of ${groups} groups`,
    );
    return [{ dtype: "i32", shape: [scores.shape[0]!, topK] }];
  },
  cost: ([scores]) => ({ flops: 4 * sizeOf(scores!.shape), bytes: 4 * sizeOf(scores!.shape) }),
  tolerance: { value: 0, gradient: 0 },
  kernelAttributes: ({ topK, groups, keptGroups, groupScore }) => [
    topK,
    groups,
    keptGroups,
    groupScore === "top2" ? 1 : 0,
  ],
  reference: routeSelectReference,
});

/**
 * Chooses experts by `scores + bias`: the best groups first, then the best experts within them (DeepSeek-V3's
 * group-limited routing). scores `[rows, experts]`, bias `[experts]` or none; result i32 `[rows, topK]`, best first,
 * ties to the lower index; NaN counts as the largest, so that its weight is NaN too. No gradient.
 */
export function routeSelect(ctx: Context, scores: Tensor, bias: Tensor | undefined, attrs: RouteSelectAttrs): Tensor {
  return ctx.run1(routeSelectOp, [scores, bias], attrs);
}
