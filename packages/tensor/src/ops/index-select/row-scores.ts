/** The lightning indexer's scores of one row over cached keys, in plain loops and float64: what top-k selection compares. */

import { KEY_GROUP } from "../../block-table.js";
import { quantizeRotated } from "../../hadamard.js";

/** One row's query. */
export interface IndexQuery {
  /** `[heads * dim]` */
  query: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> };
  /** `[heads]` */
  weights: ArrayLike<number>;
  /** Constant factor of every score. */
  scale: number;
}

/** Keys as `indexCacheWrite` leaves them, in host memory: f32, or u8 with scales. */
export interface IndexKeys {
  dim: number;
  pool: ArrayLike<number>;
  scales: ArrayLike<number> | undefined;
}

/** The query's heads as the pool's keys are, and what each head's product counts. */
function headsOf({ query, weights }: IndexQuery, dim: number, quantized: boolean) {
  return Array.from({ length: weights.length }, (_, h) => {
    const head = query.subarray(h * dim, (h + 1) * dim);
    if (!quantized) return { head, weight: weights[h]! };
    const { integers, scale } = quantizeRotated(head);
    return { head: integers, weight: weights[h]! * scale };
  });
}

/** `scale sum_h w[h] max(0, q[h] . k[slot])` of each slot. */
export function indexScoresOfRow(
  row: IndexQuery,
  { dim, pool, scales }: IndexKeys,
  slots: ArrayLike<number>,
): number[] {
  const heads = headsOf(row, dim, scales !== undefined);
  const key = new Float64Array(dim);
  return Array.from(slots, (slot) => {
    const [group, lane] = [Math.floor(slot / KEY_GROUP) * dim * KEY_GROUP, slot % KEY_GROUP];
    for (let d = 0; d < dim; d++)
      key[d] = scales
        ? pool[group + (Math.floor(d / 4) * KEY_GROUP + lane) * 4 + (d % 4)]! - 128
        : pool[group + d * KEY_GROUP + lane]!;
    let sum = 0;
    for (const { head, weight } of heads) {
      let dot = 0;
      for (let d = 0; d < dim; d++) dot += head[d]! * key[d]!;
      sum += weight * Math.max(0, dot);
    }
    return row.scale * sum * (scales ? scales[slot]! : 1);
  });
}
