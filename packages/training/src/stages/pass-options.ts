import type { PackedForwardOptions } from "@cachalot/model";

/** What a caller may say about an objective's forward pass: form of MLA, and what is watched, recorded or replayed in it. */
export type PassOptions = Pick<PackedForwardOptions, "form" | "routing" | "selection" | "onAttention">;
