import { BLOCK_SIZE } from "./block-table.js";
import { TensorError } from "./errors.js";
import type { HostTensor, NumericArray } from "./op.js";
import { dimAt } from "./shape.js";
import { UNWATCHED } from "./storage.js";

/*
 * Index tensors: numbers in memory by which an op addresses other memory. Kernels rely on them and check nothing, so every device proves them
 * on the host before it runs the op (`OpDefinition.proveIndices`). One pass over the numbers costs little beside the rows they stand for; what
 * is the same for all layers is proven once and remembered with the tensor, for as long as nothing can have changed it.
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

function contentsOf(tensor: HostTensor): NumericArray {
  return tensor.peek ? tensor.peek() : tensor.data;
}

const NONE: readonly HostTensor[] = [];
const NO_VERSIONS: readonly number[] = [];

/** Whether `kind` was proven of a tensor together with these others, and all still hold what they held. */
function isKnown(tensor: HostTensor, kind: string, bound: number, others = NONE): boolean {
  const { proof } = tensor;
  if (proof?.kind !== kind || proof.bound !== bound || proof.version !== tensor.version) return false;
  for (let i = 0; i < others.length; i++)
    if (proof.others[i] !== others[i] || proof.versions[i] !== others[i]!.version) return false;
  return true;
}

/** Remembers a proof where changes would be noticed. */
function know(tensor: HostTensor, kind: string, bound: number, others = NONE): void {
  const { version = UNWATCHED } = tensor;
  if (version === UNWATCHED) return;
  const versions = others === NONE ? NO_VERSIONS : others.map((other) => other.version ?? UNWATCHED);
  if (!versions.includes(UNWATCHED)) tensor.proof = { kind, bound, version, others, versions };
}

/** Every number of `tensor` is in `[0, bound)`, by construction. */
export function knowIndices(tensor: HostTensor, bound: number): void {
  know(tensor, "indices", bound);
}

/** As `requireOffsets` proves it, by construction. */
export function knowOffsets(tensor: HostTensor, rows: number): void {
  know(tensor, "offsets", rows);
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
  if (!indices || (least <= 0 && isKnown(indices, "indices", bound))) return;
  requireIntegers(op, name, indices);
  const data = contentsOf(indices);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if ((value < least || value >= bound) && value !== except) refuse(op, name, value, i, least, bound);
  }
  if (least === 0 && except === 0) know(indices, "indices", bound);
}

/**
 * Selected positions `[.., k]`: those of a row are in `[0, bound)`, then -1 only. The ops of a training step share one selection: it is
 * proven once.
 * @throws TensorError `index_out_of_range`; `not_a_number` for rows that `indexSelect` could not select for.
 */
export function requireSelection(op: string, indices: HostTensor | undefined, bound: number, name = "indices"): void {
  if (!indices || isKnown(indices, "columns", bound)) return;
  requireSelectionOfRows(op, indices, () => bound, name);
  know(indices, "columns", bound);
}

function requireSelectionOfRows(
  op: string,
  indices: HostTensor,
  boundOf: (row: number) => number,
  name = "indices",
): void {
  requireIntegers(op, name, indices);
  const data = contentsOf(indices);
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

/** `indices` were selected among what rows at `position` see, or hold `SCORE_IS_NAN` from their first column on. */
export function knowSelection(indices: HostTensor, position: HostTensor): void {
  know(indices, "selection", 0, [position]);
}

/**
 * Selected positions `[rows, k]` of rows that see everything up to their own `position`. Of those that `indexSelect` has just
 * selected only the mark of NaN is looked for.
 * @throws TensorError as `requireSelection`.
 */
export function requireVisible(op: string, indices: HostTensor | undefined, position: HostTensor): void {
  if (!indices) return;
  if (isKnown(indices, "selection", 0, [position])) {
    const data = contentsOf(indices);
    const k = dimAt(indices.shape, -1);
    let at = 0;
    while (at < data.length && data[at] !== SCORE_IS_NAN) at += k;
    if (at >= data.length) return;
  }
  const positions = contentsOf(position);
  requireSelectionOfRows(op, indices, (row) => positions[row]! + 1);
}

/**
 * Rows over paged caches (`PagedRows`): every block that a row's positions lie in is one of the pool's.
 * @throws TensorError `index_out_of_range`.
 */
export function requireBlocks(
  op: string,
  rows: readonly [sequence: HostTensor, position: HostTensor, blocks: HostTensor],
  slots: number,
): void {
  if (isKnown(rows[0], "blocks", slots, rows)) return;
  const [sequence, position, blocks] = rows;
  const [count, width] = blocks.shape as [number, number];
  requireIndices(op, "sequence", sequence, count);
  requireIndices(op, "position", position, width * BLOCK_SIZE);
  requireIntegers(op, "blocks", blocks);
  const [sequences, positions, table] = [contentsOf(sequence), contentsOf(position), contentsOf(blocks)];
  const last = new Int32Array(count).fill(-1);
  for (let row = 0; row < sequences.length; row++) {
    const s = sequences[row]!;
    last[s] = Math.max(last[s]!, positions[row]!);
  }
  const bound = Math.floor(slots / BLOCK_SIZE);
  for (let s = 0; s < count; s++)
    for (let p = 0; p * BLOCK_SIZE <= last[s]!; p++) {
      const block = table[s * width + p]!;
      if (block < 0 || block >= bound) refuse(op, "blocks", block, s * width + p, 0, bound);
    }
  know(sequence, "blocks", slots, rows);
}

/**
 * `documentStart` `[B, S]` of causal attention over T columns: no query's document begins behind its own column.
 * @throws TensorError `index_out_of_range`.
 */
export function requireDocumentStart(op: string, start: HostTensor | undefined, S: number, T: number): void {
  if (!start) return;
  requireIntegers(op, "documentStart", start);
  const data = contentsOf(start);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    const bound = T - S + (i % S) + 1;
    if (value < 0 || value >= bound) refuse(op, "documentStart", value, i, 0, bound);
  }
}

/**
 * Where groups of rows begin, `[groups + 1]`: from 0, never back, to the number of rows.
 * @throws TensorError `index_out_of_range`.
 */
export function requireOffsets(op: string, offsets: HostTensor, rows: number): void {
  if (isKnown(offsets, "offsets", rows)) return;
  requireIntegers(op, "offsets", offsets);
  const data = contentsOf(offsets);
  let before = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < before || value > rows || (i === 0 && value !== 0))
      refuse(op, "offsets", value, i, before, i === 0 ? 1 : rows + 1);
    before = value;
  }
  know(offsets, "offsets", rows);
}
