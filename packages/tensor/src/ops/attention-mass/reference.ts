import type { KernelCall } from "../../op.js";
import { causalColumns, dot, rows } from "../attention/reference.js";

export interface AttentionMassAttrs {
  scale: number;
}

/** m[b,s,t] = mean_h exp(scale q.k - lse) */
export function attentionMassReference({ inputs, outputs, attrs }: KernelCall<AttentionMassAttrs>): void {
  const [q, k, logSumExp] = [inputs[0]!, inputs[1]!, inputs[4]!.data];
  const mass = outputs[0]!.data;
  const [, S, H, D] = q.shape as [number, number, number, number];
  const T = k.shape[1]!;
  const sums = new Float64Array(mass.length);
  for (const { row, query, visible, key } of rows({ q, k, v: undefined, D, V: D }, causalColumns(inputs[3], S)))
    for (const t of visible) {
      const at = Math.floor(row / H) * T + t;
      sums[at] = sums[at]! + Math.exp(attrs.scale * dot(q.data, query, k.data, key(t), D) - logSumExp[row]!) / H;
    }
  mass.set(sums);
}
