import type { Context } from "../../context.js";
import { requireIndices } from "../../indices.js";
import { defineOp } from "../../op.js";
import { dimAt, requireShape, sameShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type GatherLastAttrs, gatherLastReference, scatterLastReference } from "./reference.js";

export const gatherLastOp = defineOp<GatherLastAttrs>({
  name: "gather_last",
  infer([x, indices]) {
    requireShape(
      x !== undefined && indices !== undefined && sameShape(x.shape.slice(0, -1), indices.shape.slice(0, -1)),
      "gather_last",
      `indices [${indices?.shape}] must have the leading dimensions of x [${x?.shape}]`,
    );
    return [{ dtype: "f32", shape: indices.shape }];
  },
  cost: ([, indices]) => ({ flops: 0, bytes: 12 * sizeOf(indices!.shape) }),
  tolerance: { value: 0, gradient: 1e-5 },
  proveIndices: ([x, indices]) => requireIndices("gather_last", "indices", indices, dimAt(x!.shape, -1), { least: -1 }),
  kernelAttributes: ({ fill }) => [fill],
  reference: gatherLastReference,
  gradient: ({ ctx, inputs, outputGradients }) => [
    ctx.run1(scatterLastOp, [outputGradients[0], inputs[1]], { size: dimAt(inputs[0]!.shape, -1) }),
    undefined,
  ],
});

/** inputs dy `[.., k]`, indices i32 `[.., k]`; output `[.., size]`, the sum of dy by index. */
const scatterLastOp = defineOp<{ size: number }>({
  name: "scatter_last",
  infer: ([dy], { size }) => [{ dtype: "f32", shape: dy!.shape.with(-1, size) }],
  cost: ([dy]) => ({ flops: sizeOf(dy!.shape), bytes: 12 * sizeOf(dy!.shape) }),
  tolerance: { value: 1e-5, gradient: 1e-5 },
  proveIndices: ([, indices], { size }) => requireIndices("scatter_last", "indices", indices, size, { least: -1 }),
  kernelAttributes: () => [],
  reference: scatterLastReference,
});

/** `y[.., j] = x[.., indices[.., j]]`. x `[.., T]`, indices i32 `[.., k]`; -1 gives `fill`. */
export function gatherLast(ctx: Context, x: Tensor, indices: Tensor, attrs: GatherLastAttrs): Tensor {
  return ctx.run1(gatherLastOp, [x, indices], attrs);
}
