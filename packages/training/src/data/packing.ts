import { NO_LOSS, type PackedBatch } from "@cachalot/model";
import { Random } from "@cachalot/tensor";
import type { TokenFile } from "./token-file.js";

/** A stretch of a document inside a row. */
interface Piece {
  /** First token, counted from the start of the file. */
  start: number;
  length: number;
}

export type Row = readonly Piece[];

/** Gaps this small are not worth looking for a document that fits. */
const SMALL_GAP = 8;
/** How many waiting documents are tried for a gap. */
const WINDOW = 64;

/**
 * Shuffles the documents and fills rows of `seq` tokens with them.
 *
 * `split`: a document that does not fit goes on in the next row (nothing is lost, no padding but in the last row).
 * `cut`: a document stays in one row; what is longer than a row loses its end, and gaps are filled with whichever of
 * the next documents fits best.
 */
export function packRows(offsets: Uint32Array, seq: number, policy: "split" | "cut", seed: number): Row[] {
  const order = shuffle(offsets.length - 1, seed);
  const lengthOf = (document: number) => offsets[document + 1]! - offsets[document]!;
  return policy === "split" ? fillRows(order, offsets, seq) : fitRows(order, offsets, lengthOf, seq);
}

function fillRows(order: Uint32Array, offsets: Uint32Array, seq: number): Row[] {
  const rows: Row[] = [];
  let row: Piece[] = [];
  let room = seq;
  for (const document of order) {
    let start = offsets[document]!;
    const end = offsets[document + 1]!;
    while (start < end) {
      const length = Math.min(room, end - start);
      // A lone last token predicts nothing.
      if (length > 1) row.push({ start, length });
      start += length;
      room -= length;
      if (room > SMALL_GAP) continue;
      rows.push(row);
      row = [];
      room = seq;
    }
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

function fitRows(order: Uint32Array, offsets: Uint32Array, lengthOf: (d: number) => number, seq: number): Row[] {
  const rows: Row[] = [];
  const waiting: number[] = [];
  let next = 0;
  for (;;) {
    while (waiting.length < WINDOW && next < order.length) waiting.push(order[next++]!);
    const first = waiting.shift();
    if (first === undefined) return rows;
    const row: Piece[] = [{ start: offsets[first]!, length: Math.min(seq, lengthOf(first)) }];
    let room = seq - row[0]!.length;
    while (room > SMALL_GAP) {
      let best = -1;
      for (let i = 0; i < waiting.length; i++) {
        const length = lengthOf(waiting[i]!);
        if (length <= room && (best < 0 || length > lengthOf(waiting[best]!))) best = i;
      }
      if (best < 0) break;
      const [document] = waiting.splice(best, 1) as [number];
      row.push({ start: offsets[document]!, length: lengthOf(document) });
      room -= lengthOf(document);
      while (waiting.length < WINDOW && next < order.length) waiting.push(order[next++]!);
    }
    rows.push(row);
  }
}

/** The numbers 0..count-1 in seeded order (Fisher-Yates). */
export function shuffle(count: number, seed: number): Uint32Array {
  const random = new Random(seed);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

export function emptyBatch(batch: number, seq: number, pad: number): Required<PackedBatch> {
  const size = batch * seq;
  return {
    batch,
    seq,
    inputs: new Int32Array(size).fill(pad),
    targets: new Int32Array(size).fill(NO_LOSS),
    positions: new Int32Array(size),
    documentStart: new Int32Array(size),
  };
}

/** Writes a row's pieces into row `b` of the batch. Padding counts as one more document without loss. */
export function writeRow(out: Required<PackedBatch>, b: number, row: Row, { tokens, mask, offsets }: TokenFile): void {
  const base = b * out.seq;
  let column = 0;
  for (const { start, length } of row) {
    const documentEnd = endOf(offsets, start);
    for (let i = 0; i < length; i++) {
      const at = start + i;
      out.inputs[base + column + i] = tokens[at]!;
      out.positions[base + column + i] = i;
      out.documentStart[base + column + i] = column;
      if (at + 1 < documentEnd && mask[at + 1] === 1) out.targets[base + column + i] = tokens[at + 1]!;
    }
    column += length;
  }
  for (let i = column; i < out.seq; i++) {
    out.positions[base + i] = i - column;
    out.documentStart[base + i] = column;
  }
}

/** End of the document that holds token `at` (binary search). */
function endOf(offsets: Uint32Array, at: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsets[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return offsets[low]!;
}
