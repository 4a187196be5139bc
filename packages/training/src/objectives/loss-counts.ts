import type { PackedBatch } from "@cachalot/model";
import { countTargets } from "./cross-entropy.js";
import { mtpBatch } from "./mtp-batch.js";

/** What the means of losses are over, where a batch is one part of a larger one: the losses of the parts then add up to its own. */
export interface LossCounts {
  /** Tokens to predict. */
  targets: number;
  /** Tokens after the next to predict. */
  mtpTargets: number;
  /** Tokens read, padding included: each asks the indexer once. */
  queries: number;
}

/** The counts of a whole batch. */
export function lossCounts(batch: PackedBatch): LossCounts {
  return {
    targets: countTargets(batch.targets),
    mtpTargets: countTargets(mtpBatch(batch).targets),
    queries: batch.batch * batch.seq,
  };
}
