import type { KernelCall } from "../../op.js";
import { dot, rows } from "../attention/reference.js";
import type { AttentionMassAttrs } from "../attention-mass/reference.js";
import { selectedColumns } from "../sparse-attention/reference.js";

/** m[b,s,i] = mean_h exp(scale q.k[indices[i]] - lse) */
export function sparseAttentionMassReference({ inputs, outputs, attrs }: KernelCall<AttentionMassAttrs>): void {
  const [q, k, indices, logSumExp] = [inputs[0]!, inputs[1]!, inputs[3]!, inputs[4]!.data];
  const [, , H, D] = q.shape as [number, number, number, number];
  const K = indices.shape[2]!;
  const sums = new Float64Array(indices.data.length);
  for (const { row, query, visible, key } of rows({ q, k, v: undefined, D, V: D }, selectedColumns(indices)))
    visible.forEach((t, i) => {
      const at = Math.floor(row / H) * K + i;
      sums[at] = sums[at]! + Math.exp(attrs.scale * dot(q.data, query, k.data, key(t), D) - logSumExp[row]!) / H;
    });
  outputs[0]!.data.set(sums);
}
