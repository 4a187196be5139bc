import { slotOf } from "../../block-table.js";
import { readFloat } from "../../float-view.js";
import type { HostTensor, KernelCall } from "../../op.js";
import { asFactor } from "../linear/reference.js";

export interface PagedAttentionAttrs {
  /** Softmax scale. */
  scale: number;
  /** The value of a token is the first dims of its key: how many. */
  valueDim: number;
}

/** o[h] = sum_t softmax_t(scale q[h] . k[t]) k[t][..valueDim], t over what the row sees or selected. */
export function pagedAttentionReference({ inputs, outputs, attrs }: KernelCall<PagedAttentionAttrs>): void {
  const [q, pool, sequence, position, blocks] = inputs as HostTensor[];
  const indices = inputs[5];
  const [R, H, D] = q!.shape as [number, number, number];
  const queries = asFactor(q!, pool!);
  const keys = readFloat(pool!);
  const { scale, valueDim } = attrs;
  for (let r = 0; r < R; r++) {
    const k = indices?.shape[1] ?? 0;
    const seen = indices
      ? Array.from(indices.data.subarray(r * k, (r + 1) * k)).filter((t) => t >= 0)
      : Array.from({ length: position!.data[r]! + 1 }, (_, t) => t);
    const rows = seen.map((t) => slotOf(sequence!, blocks!, r, t) * D);
    for (let h = 0; h < H; h++) {
      const at = (r * H + h) * D;
      const scores = rows.map((row) => {
        let sum = 0;
        for (let d = 0; d < D; d++) sum += queries[at + d]! * keys[row + d]!;
        return scale * sum;
      });
      const max = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - max));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (let d = 0; d < valueDim; d++) {
        let sum = 0;
        rows.forEach((row, i) => {
          sum += weights[i]! * keys[row + d]!;
        });
        outputs[0]!.data[(r * H + h) * valueDim + d] = rows.length === 0 ? 0 : sum / total;
      }
    }
  }
}
