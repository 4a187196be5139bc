import { BLOCK_SIZE } from "./block-table.js";
import { TensorError } from "./errors.js";
import type { HostTensor } from "./op.js";
import { dimAt } from "./shape.js";

/*
 * Index tensors: numbers in memory by which an op addresses other memory. Kernels rely on them and check nothing, so every device proves them
 * on the host before it runs the op (`OpDefinition.proveIndices`). One pass over the numbers costs nothing beside the rows they stand for.
 */

/** In place of a row's selected positions: one of its scores was NaN. */
export const SCORE_IS_NAN = -2;

/** @throws TensorError `index_out_of_range` naming the op, the index and its bounds. */
function refuse(op: string, name: string, value: number, at: number, least: number, bound: number): never {
  throw new TensorError(
    "index_out_of_range",
    `${op}: ${name}[${at}] is ${value}, which is not in ${least}..${bound - 1}; check the token ids, or the op that made it`,
  );
}

function requireIntegers(op: string, name: string, { dtype }: HostTensor): void {
  if (dtype !== "i32") throw new TensorError("dtype_mismatch", `${op}: ${name} must be i32, not ${dtype}`);
}

/**
 * Every number of an i32 tensor is in `[least, bound)`, or is `except`.
 * @throws TensorError `index_out_of_range`, `dtype_mismatch`.
 */
export function requireIndices(
  op: string,
  name: string,
  indices: HostTensor | undefined,
  bound: number,
  { least = 0, except = least }: { least?: number; except?: number } = {},
): void {
  if (!indices) return;
  requireIntegers(op, name, indices);
  const data = indices.data as Int32Array;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if ((value < least || value >= bound) && value !== except) refuse(op, name, value, i, least, bound);
  }
}

/**
 * Selected positions `[.., k]`: those of a row are in `[0, bound)`, then -1 only.
 * @param boundOf a row's own bound, where rows see different numbers of tokens
 * @throws TensorError `index_out_of_range`; `not_a_number` for rows that `indexSelect` could not select for.
 */
export function requireSelection(
  op: string,
  indices: HostTensor | undefined,
  boundOf: (row: number) => number,
  name = "indices",
): void {
  if (!indices) return;
  requireIntegers(op, name, indices);
  const data = indices.data as Int32Array;
  const k = dimAt(indices.shape, -1);
  for (let start = 0, row = 0; start < data.length; start += k, row++) {
    const bound = boundOf(row);
    let last = start + k;
    while (last > start && data[last - 1] === -1) last--;
    let i = start;
    // One comparison for both ends: a negative number is a large unsigned one.
    while (i < last && data[i]! >>> 0 < bound) i++;
    for (; i < last; i++) {
      const value = data[i]!;
      if (value >= 0 && value < bound) continue;
      if (value !== SCORE_IS_NAN) refuse(op, name, value, i, 0, bound);
      throw new TensorError(
        "not_a_number",
        `${op}: row ${row} has no selection, since an index score of it is NaN; look for NaN in the indexer's weights or its input`,
      );
    }
  }
}

/**
 * Rows over paged caches (`PagedRows`): every block that a row's positions lie in is one of the pool's.
 * @throws TensorError `index_out_of_range`.
 */
export function requireBlocks(
  op: string,
  [sequence, position, blocks]: readonly (HostTensor | undefined)[],
  slots: number,
): void {
  const [count, width] = blocks!.shape as [number, number];
  requireIndices(op, "sequence", sequence, count);
  requireIndices(op, "position", position, width * BLOCK_SIZE);
  requireIntegers(op, "blocks", blocks!);
  const last = new Int32Array(count).fill(-1);
  for (let row = 0; row < sequence!.data.length; row++) {
    const s = sequence!.data[row]!;
    last[s] = Math.max(last[s]!, position!.data[row]!);
  }
  const bound = Math.floor(slots / BLOCK_SIZE);
  for (let s = 0; s < count; s++)
    for (let p = 0; p * BLOCK_SIZE <= last[s]!; p++) {
      const block = blocks!.data[s * width + p]!;
      if (block < 0 || block >= bound) refuse(op, "blocks", block, s * width + p, 0, bound);
    }
}

/**
 * `documentStart` `[B, S]` of causal attention over T columns: no query's document begins behind its own column.
 * @throws TensorError `index_out_of_range`.
 */
export function requireDocumentStart(op: string, start: HostTensor | undefined, S: number, T: number): void {
  if (!start) return;
  requireIntegers(op, "documentStart", start);
  for (let i = 0; i < start.data.length; i++) {
    const value = start.data[i]!;
    const bound = T - S + (i % S) + 1;
    if (value < 0 || value >= bound) refuse(op, "documentStart", value, i, 0, bound);
  }
}

/**
 * Where groups of rows begin, `[groups + 1]`: from 0, never back, to the number of rows.
 * @throws TensorError `index_out_of_range`.
 */
export function requireOffsets(op: string, offsets: HostTensor, rows: number): void {
  requireIntegers(op, "offsets", offsets);
  const { data } = offsets;
  let before = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < before || value > rows || (i === 0 && value !== 0))
      refuse(op, "offsets", value, i, before, i === 0 ? 1 : rows + 1);
    before = value;
  }
}
