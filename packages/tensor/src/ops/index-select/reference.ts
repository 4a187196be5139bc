import { slotOf } from "../../block-table.js";
import { SCORE_IS_NAN } from "../../indices.js";
import type { HostTensor, KernelCall } from "../../op.js";
import { indexScoresOfRow } from "./row-scores.js";

export interface IndexSelectAttrs {
  /** Tokens selected for each row. */
  k: number;
  /** Constant factor of every score. */
  scale: number;
}

/** score[t] = scale sum_h w[h] max(0, q[h] . k[t]); the positions of the k largest. */
export function indexSelectReference({ inputs, outputs, attrs }: KernelCall<IndexSelectAttrs>): void {
  const [q, weights, pool, scales, sequence, position, blocks] = inputs as HostTensor[];
  const [, H, D] = q!.shape as [number, number, number];
  const start = inputs[7];
  const { k, scale } = attrs;
  const keys = { dim: D, pool: pool!.data, scales: scales?.data };
  for (let row = 0; row < q!.shape[0]!; row++) {
    const query = {
      query: q!.data.subarray(row * H * D, (row + 1) * H * D),
      weights: weights!.data.subarray(row * H, (row + 1) * H),
      scale,
    };
    const first = start?.data[row] ?? 0;
    const seen = Array.from({ length: position!.data[row]! + 1 - first }, (_, i) => first + i);
    const scores = indexScoresOfRow(
      query,
      keys,
      seen.map((t) => slotOf(sequence!, blocks!, row, t)),
    );
    if (scores.some(Number.isNaN)) {
      outputs[0]!.data.fill(SCORE_IS_NAN, row * k, (row + 1) * k);
      continue;
    }
    const best = seen.sort((a, b) => scores[b - first]! - scores[a - first]! || a - b).slice(0, k);
    best.sort((a, b) => a - b);
    for (let i = 0; i < k; i++) outputs[0]!.data[row * k + i] = best[i] ?? -1;
  }
}
