/** One training batch: `batch` rows of `seq` tokens, row-major, each row packed with documents. */
export interface PackedBatch {
  batch: number;
  seq: number;
  /** [batch * seq] token ids; the end of a row may be padding. */
  inputs: Int32Array;
  /** [batch * seq] the next token of the same document, or -100 (no loss). */
  targets: Int32Array;
  /** [batch * seq] 0, 1, ... in each document. */
  positions: Int32Array;
  /** [batch * seq] the row's column at which the token's document starts: attention reaches back to it. */
  documentStart: Int32Array;
}

export const NO_LOSS = -100;
