import type { PackedForwardOptions } from "@cachalot/model";
import type { LossCounts } from "../objectives/loss-counts.js";

/**
 * What a caller may say about an objective's forward pass: form of MLA, what is watched, recorded or replayed in it, and what its
 * means are over where the batch is a part of a larger one.
 */
export type PassOptions = Pick<PackedForwardOptions, "form" | "routing" | "selection" | "onAttention"> & {
  counts?: LossCounts;
};
