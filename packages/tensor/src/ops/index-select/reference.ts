import { KEY_GROUP, slotOf } from "../../block-table.js";
import { quantizeRotated } from "../../hadamard.js";
import { SCORE_IS_NAN } from "../../indices.js";
import type { HostTensor, KernelCall } from "../../op.js";

export interface IndexSelectAttrs {
  /** Tokens selected for each row. */
  k: number;
  /** Constant factor of every score. */
  scale: number;
}

/** One row's queries as the pool's keys are, and what each head's product counts. */
function queriesOf(q: HostTensor, weights: HostTensor, row: number, quantized: boolean) {
  const [, H, D] = q.shape as [number, number, number];
  return Array.from({ length: H }, (_, h) => {
    const at = (row * H + h) * D;
    const query = q.data.subarray(at, at + D);
    const weight = weights.data[row * H + h]!;
    if (!quantized) return { query, weight };
    const { integers, scale } = quantizeRotated(query);
    return { query: integers, weight: weight * scale };
  });
}

/** score[t] = scale sum_h w[h] max(0, q[h] . k[t]); the positions of the k largest. */
export function indexSelectReference({ inputs, outputs, attrs }: KernelCall<IndexSelectAttrs>): void {
  const [q, weights, pool, scales, sequence, position, blocks] = inputs as HostTensor[];
  const D = q!.shape[2]!;
  const start = inputs[7];
  const { k, scale } = attrs;
  const keyAt = (slot: number, d: number): number => {
    const [group, lane] = [Math.floor(slot / KEY_GROUP) * D * KEY_GROUP, slot % KEY_GROUP];
    return scales
      ? pool!.data[group + (Math.floor(d / 4) * KEY_GROUP + lane) * 4 + (d % 4)]! - 128
      : pool!.data[group + d * KEY_GROUP + lane]!;
  };
  for (let row = 0; row < q!.shape[0]!; row++) {
    const heads = queriesOf(q!, weights!, row, scales !== undefined);
    const first = start?.data[row] ?? 0;
    const scores = Array.from({ length: position!.data[row]! + 1 }, (_, t) => {
      if (t < first) return Number.NEGATIVE_INFINITY;
      const slot = slotOf(sequence!, blocks!, row, t);
      let sum = 0;
      for (const { query, weight } of heads) {
        let dot = 0;
        for (let d = 0; d < D; d++) dot += query[d]! * keyAt(slot, d);
        sum += weight * Math.max(0, dot);
      }
      return scale * sum * (scales ? scales.data[slot]! : 1);
    });
    if (scores.slice(first).some(Number.isNaN)) {
      outputs[0]!.data.fill(SCORE_IS_NAN, row * k, (row + 1) * k);
      continue;
    }
    const seen = [...scores.keys()].slice(first);
    const best = seen.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, k);
    best.sort((a, b) => a - b);
    for (let i = 0; i < k; i++) outputs[0]!.data[row * k + i] = best[i] ?? -1;
  }
}
