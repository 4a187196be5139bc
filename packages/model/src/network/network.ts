import type { ModelConfig } from "../config/index.js";
import type { RopeCache } from "./rope.js";
import type { ModelWeights } from "./weights.js";

/** What every forward pass reads: shapes, weights and position tables. `CausalLM` is one, a network in training another. */
export interface Network {
  config: ModelConfig;
  weights: ModelWeights;
  rope: RopeCache;
}
