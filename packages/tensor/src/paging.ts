import { TensorError } from "./errors.js";
import type { HostTensor, TensorSpec } from "./op.js";
import type { Tensor } from "./tensor.js";

/**
 * How caches are cut into pages. A pool holds pages of `PAGE_SIZE` tokens; a sequence's page table lists the pages it is
 * made of, in order; a slot is a token's place in the pool: `page * PAGE_SIZE + offset`.
 */
export const PAGE_SIZE = 16;

/** Indexer keys lie in groups of this many tokens, side by side, so that vector instructions score a group at once. */
export const KEY_GROUP = 16;

/** Which cached tokens each row of a batch sees: those of its sequence up to its own position. */
export interface PagedRows {
  /** i32 `[rows]`: row of `pages` */
  sequence: Tensor;
  /** i32 `[rows]`: the row's position; it sees positions 0 to this one */
  position: Tensor;
  /** i32 `[sequences, most pages]` */
  pages: Tensor;
}

export function requirePagedRows(op: string, rows: number, specs: readonly (TensorSpec | undefined)[]): void {
  const [sequence, position, pages] = specs;
  const fits = [sequence, position].every((spec) => spec?.dtype === "i32" && spec.shape[0] === rows);
  if (!fits || pages?.dtype !== "i32" || pages.shape.length !== 2)
    throw new TensorError(
      "shape_mismatch",
      `${op}: sequence [${sequence?.shape}] and position [${position?.shape}] must be i32 [${rows}], ` +
        `pages [${pages?.shape}] i32 [sequences, pages]`,
    );
}

/** The slots of positions `0..count` of a row's sequence, for reference implementations. */
export function slotOf(sequence: HostTensor, pages: HostTensor, row: number, position: number): number {
  const table = sequence.data[row]! * pages.shape[1]!;
  return pages.data[table + Math.floor(position / PAGE_SIZE)]! * PAGE_SIZE + (position % PAGE_SIZE);
}
