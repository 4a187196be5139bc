import { roundToBf16 } from "../../float-view.js";
import type { KernelCall } from "../../op.js";

export interface ExpandedAttentionAttrs {
  /** Softmax scale. */
  scale: number;
  /** Dims of a head's value. */
  valueDim: number;
}

/** o[s,h] = sum_t softmax_t(scale q[s,h] . [k_nope[t,h]; k_rope[t]]) v[t,h], t <= T - S + s */
export function expandedAttentionReference({ inputs, outputs, attrs }: KernelCall<ExpandedAttentionAttrs>): void {
  const [S, H, D] = inputs[0]!.shape as [number, number, number];
  const [T, R] = inputs[2]!.shape as [number, number];
  const { scale, valueDim: V } = attrs;
  const N = D - R;
  const [q, kv, rope] = inputs.map((input) => roundToBf16(input!.data));
  const keyAt = (t: number, h: number, d: number) => (d < N ? kv![(t * H + h) * (N + V) + d]! : rope![t * R + d - N]!);
  for (let s = 0; s < S; s++)
    for (let h = 0; h < H; h++) {
      const scores = Array.from({ length: T - S + s + 1 }, (_, t) => {
        let sum = 0;
        for (let d = 0; d < D; d++) sum += q![(s * H + h) * D + d]! * keyAt(t, h, d);
        return scale * sum;
      });
      const max = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
      const weights = scores.map((score) => Math.exp(score - max));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (let d = 0; d < V; d++) {
        let sum = 0;
        weights.forEach((weight, t) => {
          sum += weight * kv![(t * H + h) * (N + V) + N + d]!;
        });
        outputs[0]!.data[(s * H + h) * V + d] = sum / total;
      }
    }
}
