import { TensorError } from "./errors.js";
import type { HostTensor, TensorSpec } from "./op.js";
import type { Tensor } from "./tensor.js";

/**
 * How KV caches are cut into blocks (paged attention). A pool holds blocks of `BLOCK_SIZE` tokens; a sequence's block table lists the blocks it is
 * made of, in order; a slot is a token's place in the pool: `block * BLOCK_SIZE + offset`.
 */
export const BLOCK_SIZE = 16;

/** Indexer keys lie in groups of this many tokens, side by side, so that vector instructions score a group at once. */
export const KEY_GROUP = 16;

/** Which cached tokens each row of a batch sees: those of its sequence up to its own position. */
export interface PagedRows {
  /** i32 `[rows]`: row of `blocks` */
  sequence: Tensor;
  /** i32 `[rows]`: the row's position; it sees positions 0 to this one */
  position: Tensor;
  /** i32 `[sequences, most blocks]` */
  blocks: Tensor;
}

export function requirePagedRows(op: string, rows: number, specs: readonly (TensorSpec | undefined)[]): void {
  const [sequence, position, blocks] = specs;
  const fits = [sequence, position].every((spec) => spec?.dtype === "i32" && spec.shape[0] === rows);
  if (!fits || blocks?.dtype !== "i32" || blocks.shape.length !== 2)
    throw new TensorError(
      "shape_mismatch",
      `${op}: sequence [${sequence?.shape}] and position [${position?.shape}] must be i32 [${rows}], ` +
        `blocks [${blocks?.shape}] i32 [sequences, blocks]`,
    );
}

/** The slots of positions `0..count` of a row's sequence, for reference implementations. */
export function slotOf(sequence: HostTensor, blocks: HostTensor, row: number, position: number): number {
  const table = sequence.data[row]! * blocks.shape[1]!;
  return blocks.data[table + Math.floor(position / BLOCK_SIZE)]! * BLOCK_SIZE + (position % BLOCK_SIZE);
}
