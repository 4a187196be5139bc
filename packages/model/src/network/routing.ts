import type { Tensor } from "@cachalot/tensor";

/**
 * Expert routing as an argument of the forward pass: handed out as it is chosen, or given back as it was chosen elsewhere ("keep
 * routing", report section 3.1). A replayed choice is weighted by the scores of this pass, so gradients reach the router.
 */
export interface Routing {
  /** Sees every MoE layer's choice, i32 `[rows, topK]`, best first. Valid during the call. */
  record?(layer: number, experts: Tensor): void;
  /** The choice to use instead of the layer's own, i32 `[rows, topK]`; undefined: its own. */
  replay?(layer: number): Tensor | undefined;
}
