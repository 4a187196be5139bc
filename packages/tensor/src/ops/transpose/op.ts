import { TensorError } from "../../errors.js";
import { defineOp, type NoAttrs, type OpContext } from "../../op.js";
import { dimAt, requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { transposeReference } from "./reference.js";

export const transposeOp = defineOp<NoAttrs>({
  name: "transpose",
  infer([x]) {
    requireShape(x !== undefined && x.shape.length >= 2, "transpose", `x [${x?.shape}] must be [.., rows, columns]`);
    if (x.dtype !== "f32" && x.dtype !== "bf16")
      throw new TensorError("dtype_mismatch", `transpose: x is f32 or bf16, not ${x.dtype}`);
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, -2), dimAt(x.shape, -1), dimAt(x.shape, -2)] }];
  },
  cost: ([x]) => ({ flops: 0, bytes: 8 * sizeOf(x!.shape) }),
  tolerance: { value: 0, gradient: 0 },
  kernelAttributes: () => [],
  reference: transposeReference,
  gradient: ({ ctx, outputGradients: [dy] }): readonly (Tensor | undefined)[] => [dy && transpose(ctx, dy)],
});

/** A copy with the last two axes exchanged: x `[.., rows, columns]` (f32 or bf16), result `[.., columns, rows]`. */
export function transpose(ctx: OpContext, x: Tensor): Tensor {
  return ctx.run1(transposeOp, [x], {});
}
