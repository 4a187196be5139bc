import type { Tensor } from "@cachalot/tensor";

/**
 * The lightning indexer's token selection as an argument of the forward pass: handed out as it is chosen, or given back as it
 * was chosen elsewhere. Only sparse attention asks for it.
 */
export interface Selection {
  /**
   * Sees every layer's selection: positions i32 `[rows, index_topk]`, ascending, -1 where fewer are visible, of these rows of
   * the pass. Rows of a sequence that has no more than `index_topk` tokens may be left out: they attend to all. Valid during
   * the call.
   */
  record?(layer: number, indices: Tensor, rows: readonly number[]): void;
  /** The selection to use instead of the layer's own, i32 `[rows of the pass, k]`; undefined: its own. */
  replay?(layer: number): Tensor | undefined;
}
