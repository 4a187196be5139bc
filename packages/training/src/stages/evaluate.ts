import { type TrainingBatch, type TrainingOptions, trainingForward } from "@cachalot/model";
import { Context } from "@cachalot/tensor";
import { expertLoad } from "../optimizer/expert-balance.js";
import type { TrainableNetwork } from "./network.js";

export interface Evaluation {
  /** Mean cross-entropy per target token, in nats. */
  lmLoss: number;
  /** Sum over layers of the indexer's KL, in nats. */
  indexerLoss?: number;
  /** Mean cross-entropy of the token after the next, of models that predict it. */
  mtpLoss?: number;
  /** Per layer: share of dense attention mass held by the selected set, mean over queries. */
  recall?: number[];
  /** Per MoE layer: share of tokens sent to each expert. */
  expertLoad: number[][];
}

/** Held-out loss over fixed batches, without recording. `measureRecall` needs dense attention and an indexer. */
export function evaluate(
  network: TrainableNetwork,
  batches: readonly TrainingBatch[],
  options: TrainingOptions,
): Evaluation {
  let lmLoss = 0;
  let indexerLoss = 0;
  let mtpLoss: number | undefined;
  let targets = 0;
  const recall: number[] = [];
  const loads: Float64Array[] = [];
  for (const batch of batches) {
    const ctx = new Context(network.device);
    try {
      const { config, weights, rope } = network;
      const forward = trainingForward(ctx, config, weights, rope, batch, options);
      const counted = batch.targets.reduce((count, target) => count + (target === -100 ? 0 : 1), 0);
      lmLoss += forward.lmLoss.data[0]! * counted;
      targets += counted;
      if (forward.mtpLoss) mtpLoss = (mtpLoss ?? 0) + forward.mtpLoss.data[0]! / batches.length;
      for (const loss of forward.indexerLosses) indexerLoss += loss.data[0]! / batches.length;
      forward.recall.forEach((value, layer) => {
        recall[layer] = (recall[layer] ?? 0) + value / batches.length;
      });
      forward.experts.forEach((experts, layer) => {
        const load = expertLoad(experts, config.nRoutedExperts);
        const total = loads[layer];
        if (total) for (const [i, value] of load.entries()) total[i] = total[i]! + value;
        else loads[layer] = load;
      });
    } finally {
      ctx.dispose();
    }
  }
  return {
    lmLoss: lmLoss / Math.max(targets, 1),
    ...(options.indexerLoss ? { indexerLoss } : {}),
    ...(mtpLoss !== undefined ? { mtpLoss } : {}),
    ...(options.measureRecall ? { recall } : {}),
    expertLoad: loads.map((load) => {
      const sum = load.reduce((total, value) => total + value, 0);
      return Array.from(load, (value) => value / sum);
    }),
  };
}
