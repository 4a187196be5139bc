import type { PackedForward } from "@cachalot/model";
import type { Tensor } from "@cachalot/tensor";

/** What a training step minimises, and what is told about it. */
export interface Objective {
  /** What is minimised, `[1]` */
  total: Tensor;
  /** Losses in nats by their name in metrics.jsonl; each is the sum of its `[1]` tensors. */
  losses: Readonly<Record<string, readonly Tensor[]>> & { lmLoss: readonly Tensor[] };
  /** The forward pass they were computed from: its experts balance the routers. */
  forward: PackedForward;
}

/** Losses as numbers, by name. */
export type LossValues = Record<string, number> & { lmLoss: number };

/** Reads an objective's losses, before a backward pass takes them. */
export function lossValues({ losses }: Objective): LossValues {
  const sums = Object.entries(losses).map(([name, parts]) => [
    name,
    parts.reduce((sum, { data }) => sum + data[0]!, 0),
  ]);
  return Object.fromEntries(sums) as LossValues;
}
