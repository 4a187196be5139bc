import { defineOp, type OpContext } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { accumulateReference } from "./reference.js";

const accumulateOp = defineOp<Record<string, never>>({
  name: "accumulate",
  mutates: [0],
  infer([target, value]) {
    requireShape(
      target !== undefined && value !== undefined && sizeOf(target.shape) === sizeOf(value.shape),
      "accumulate",
      `target [${target?.shape}] and value [${value?.shape}] must have the same size`,
    );
    return [];
  },
  cost: ([target]) => ({ flops: sizeOf(target!.shape), bytes: 12 * sizeOf(target!.shape) }),
  tolerance: { value: 1e-6, gradient: 1e-6 },
  kernelAttributes: () => [],
  reference: accumulateReference,
});

/** `target += value`, in place. Both f32, any equal size. */
export function accumulate(ctx: OpContext, target: Tensor, value: Tensor): void {
  ctx.run(accumulateOp, [target, value], {});
}

export { accumulateOp };
