/** Interpretability: what a token's forward pass chose and read, told while a sequence is generated. */

import type { ObservedAttention, RecordedRows, RoutingRecord } from "@cachalot/model";

/** What is observed beside experts and selection, which cost next to nothing. */
export interface ObserveOptions {
  /** Full attention's probabilities: as much work as dense attention of one row. */
  mass?: boolean | undefined;
  /** These, and the lightning indexer's score of every token. */
  scores?: boolean | undefined;
}

/** How one generated token came about. The row that chose it is that of the token before it. */
export interface ObservedToken {
  /** Of that row: it sees every token up to there. */
  position: number;
  /** `[1, MoE layers, experts per token]`, best first */
  experts: RecordedRows | undefined;
  /** `[1, layers, index_topk]`: positions, ascending; all -1: every token it sees. Undefined for a model without an indexer. */
  selection: RecordedRows | undefined;
  attention: ObservedAttention | undefined;
}

/** What one needs to know of a network to read its observations. */
export interface ObservedModel {
  layers: number;
  /** Tokens the indexer selects; undefined without one. */
  topk: number | undefined;
  experts: number;
}

/** What a forward pass tells of one input's scored rows, in order. */
export type ObservedRows = readonly Omit<ObservedToken, "position">[];

/** The last `scored` of the `tokens` rows of an input, one by one. */
export function observedRows(
  tokens: number,
  scored: number,
  record: RoutingRecord | undefined,
  attention: readonly ObservedAttention[],
): ObservedRows {
  return Array.from({ length: scored }, (_, i) => {
    const row = tokens - scored + i;
    return {
      experts: rowOf(record?.experts, row),
      selection: rowOf(record?.selection, row),
      attention: attention[i],
    };
  });
}

function rowOf(rows: RecordedRows | undefined, row: number): RecordedRows | undefined {
  if (!rows) return undefined;
  const width = rows.layers * rows.k;
  return { ...rows, data: rows.data.slice(row * width, (row + 1) * width) };
}
