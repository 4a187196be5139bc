import type { Context } from "../../context.js";
import { knowIndices, knowOffsets, requireIndices } from "../../indices.js";
import { defineOp } from "../../op.js";
import { requireShape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type ExpertSortAttrs, expertSortReference } from "./reference.js";

export interface ExpertSort {
  /** Token of each slot, i32 `[rows * k]` */
  rowOfSlot: Tensor;
  /** Slot of each choice, i32 `[rows, k]` */
  slotOf: Tensor;
  /** First slot of each expert, i32 `[experts + 1]` */
  offsets: Tensor;
}

export const expertSortOp = defineOp<ExpertSortAttrs>({
  name: "expert_sort",
  infer([indices], { experts }) {
    requireShape(
      indices?.shape.length === 2 && indices.dtype === "i32",
      "expert_sort",
      `indices [${indices?.shape}] must be i32 [rows, k]`,
    );
    return [
      { dtype: "i32", shape: [sizeOf(indices.shape)] },
      { dtype: "i32", shape: indices.shape },
      { dtype: "i32", shape: [experts + 1] },
    ];
  },
  cost: ([indices]) => ({ flops: 0, bytes: 16 * sizeOf(indices!.shape) }),
  tolerance: { value: 0, gradient: 0 },
  proveIndices: ([indices], { experts }) => requireIndices("expert_sort", "indices", indices, experts),
  // A permutation of proven choices, exact on every device (tolerance 0).
  knowOutputs([indices], [rowOfSlot, slotOf, offsets]) {
    const [rows, k] = indices!.shape as [number, number];
    knowIndices(rowOfSlot!, rows);
    knowIndices(slotOf!, rows * k);
    knowOffsets(offsets!, rows * k);
  },
  kernelAttributes: ({ experts }) => [experts],
  reference: expertSortReference,
});

/** Stable counting sort of the choices by expert, so that each expert's tokens lie together. indices i32 `[rows, k]`. */
export function expertSort(ctx: Context, indices: Tensor, attrs: ExpertSortAttrs): ExpertSort {
  const [rowOfSlot, slotOf, offsets] = ctx.run(expertSortOp, [indices], attrs);
  return { rowOfSlot: rowOfSlot!, slotOf: slotOf!, offsets: offsets! };
}
