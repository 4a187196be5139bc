import type { AttentionTrace, Network, PackedBatch } from "@cachalot/model";
import { Context, type Device } from "@cachalot/tensor";
import { countTargets } from "../objectives/cross-entropy.js";
import { addLoad, expertLoad } from "../objectives/expert-balance.js";
import { type LossValues, lossValues, type Objective } from "../objectives/objective.js";
import { selectionRecall } from "../objectives/recall.js";
import type { PassOptions } from "./pass-options.js";

export interface Evaluation {
  /** In nats, by name: `lmLoss` is the mean over target tokens, the others are means over batches. */
  losses: LossValues;
  /** Per layer: share of dense attention mass held by the selected set, mean over queries. */
  recall?: number[];
  /** Per MoE layer: share of tokens sent to each expert. */
  expertLoad: number[][];
}

export interface EvaluationRequest {
  network: Network & { device: Device };
  /** Fixed held-out batches. */
  batches: readonly PackedBatch[];
  /** What the stage minimises, of one batch. */
  objective: (ctx: Context, batch: PackedBatch, pass?: PassOptions) => Objective;
  /** Measure what costs more as well, such as the indexer's recall. */
  detailed: boolean;
}

/**
 * An objective's losses over held-out batches, without recording. `recall` measures the indexer as well, against an objective's
 * dense attention.
 */
export function evaluateObjective(
  { network, batches, objective }: Omit<EvaluationRequest, "detailed">,
  { recall = false }: { recall?: boolean } = {},
): Evaluation {
  const count = network.config.nRoutedExperts;
  const losses = new Map<string, number>([["lmLoss", 0]]);
  const recalls: number[] = [];
  const loads: Float64Array[] = [];
  const targets = batches.reduce((sum, batch) => sum + countTargets(batch.targets), 0);
  for (const batch of batches) {
    const ctx = new Context(network.device);
    try {
      let layer = 0;
      const measureRecall = (inner: Context, trace: AttentionTrace) => {
        if (!trace.indexer) return;
        recalls[layer] = (recalls[layer] ?? 0) + selectionRecall(inner, network.config, trace) / batches.length;
        layer++;
      };
      const result = objective(ctx, batch, recall ? { onAttention: measureRecall } : {});
      for (const [name, value] of Object.entries(lossValues(result))) {
        const share = name === "lmLoss" ? countTargets(batch.targets) : 1 / batches.length;
        losses.set(name, (losses.get(name) ?? 0) + value * share);
      }
      for (const [i, experts] of result.forward.experts.entries()) addLoad(loads, i, expertLoad(experts, count));
    } finally {
      ctx.dispose();
    }
  }
  losses.set("lmLoss", losses.get("lmLoss")! / Math.max(targets, 1));
  return {
    losses: Object.fromEntries(losses) as LossValues,
    ...(recall ? { recall: recalls } : {}),
    expertLoad: loads.map(shares),
  };
}

function shares(load: Float64Array): number[] {
  const sum = load.reduce((total, value) => total + value, 0);
  return Array.from(load, (value) => value / sum);
}
