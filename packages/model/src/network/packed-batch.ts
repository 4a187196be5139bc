/** Target of a row that is not to be learnt. */
export const NO_LOSS = -100;

/** Rows of packed documents, `batch` x `seq`, flattened row by row. */
export interface PackedBatch {
  batch: number;
  seq: number;
  /** `[B*S]` token ids; the end of a row may be padding */
  inputs: Int32Array;
  /** `[B*S]`: the next token of the same document, `NO_LOSS` where none is wanted */
  targets: Int32Array;
  /** `[B*S]`, from 0 in each document; default 0..S-1 in each row */
  positions?: Int32Array;
  /** `[B*S]`: the row's column where the token's document begins; attention reaches back to it. Default 0 */
  documentStart?: Int32Array;
}

/** A document may continue another one of its row: it sees that one's first tokens, then itself. Its positions go on from there. */
export interface SharedPrefix {
  /** `[B*S]`: the row's column where the prefix of the token's document begins */
  column: Int32Array;
  /** `[B*S]`: its tokens; 0 where the document has none */
  length: Int32Array;
}

/** Rows of documents some of which share a prefix. Losses on the indexer take no such batch. */
export interface PrefixedBatch extends Omit<PackedBatch, "targets"> {
  prefix?: SharedPrefix;
}
