import type { HostTensor, KernelCall } from "../../op.js";
import type { AttentionAttrs } from "../attention/reference.js";
import { backwardRows, forwardRows, operands, rows } from "../attention/reference.js";

/** The selected columns of a query. */
export function selectedColumns(indices: HostTensor) {
  const [, S, K] = indices.shape as [number, number, number];
  return (b: number, s: number): number[] =>
    Array.from(indices.data.subarray((b * S + s) * K, (b * S + s + 1) * K)).filter((t) => t >= 0);
}

export function sparseAttentionReference({ inputs, outputs, attrs }: KernelCall<AttentionAttrs>): void {
  const all = operands(inputs, attrs);
  forwardRows(all, rows(all, selectedColumns(inputs[3]!)), attrs, outputs);
}

export function sparseAttentionBackwardReference({ inputs, outputs, attrs }: KernelCall<AttentionAttrs>): void {
  const all = operands(inputs, attrs);
  const saved = [inputs[4]!, inputs[5]!, inputs[6]!] as const;
  backwardRows(all, rows(all, selectedColumns(inputs[3]!)), attrs, saved, outputs);
}
