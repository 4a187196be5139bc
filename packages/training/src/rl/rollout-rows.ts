/** Bin packing of sequences into rows: which token of which sequence is at which row and column of a packed batch. */

/** Tokens of sequence `sequence`, `[from, to)`, at `column` of `row`. */
export interface Segment {
  sequence: number;
  row: number;
  column: number;
  from: number;
  to: number;
}

export interface RolloutRows {
  batch: number;
  /** Tokens per row. */
  seq: number;
  segments: Segment[];
}

/**
 * First fit, longest first: rows of at least `rowTokens` tokens, or of the longest sequence.
 * @param lengths tokens of each sequence that the network reads
 */
export function packSequences(lengths: readonly number[], rowTokens: number): RolloutRows {
  const seq = lengths.reduce((most, length) => Math.max(most, length), rowTokens);
  const order = [...lengths.keys()].sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const filled: number[] = [];
  const segments: Segment[] = [];
  for (const sequence of order) {
    const length = lengths[sequence]!;
    let row = filled.findIndex((used) => used + length <= seq);
    if (row < 0) row = filled.push(0) - 1;
    segments.push({ sequence, row, column: filled[row]!, from: 0, to: length });
    filled[row]! += length;
  }
  return { batch: filled.length, seq, segments };
}
