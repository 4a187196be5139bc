import type { KernelCall } from "../../op.js";

export interface ExpertSortAttrs {
  experts: number;
}

export function expertSortReference({ inputs, outputs, attrs }: KernelCall<ExpertSortAttrs>): void {
  const indices = inputs[0]!;
  const [rowOfSlot, slotOf, offsets] = outputs.map((output) => output.data) as [Int32Array, Int32Array, Int32Array];
  const K = indices.shape[1]!;
  let slot = 0;
  for (let expert = 0; expert < attrs.experts; expert++) {
    offsets[expert] = slot;
    for (let i = 0; i < indices.data.length; i++)
      if (indices.data[i] === expert) {
        rowOfSlot[slot] = Math.floor(i / K);
        slotOf[i] = slot++;
      }
  }
  offsets[attrs.experts] = slot;
}
