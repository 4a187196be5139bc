import { isMoe, type TrainingBatch, trainingForward } from "@cachalot/model";
import { Context } from "@cachalot/tensor";
import { TrainingError } from "../errors.js";
import type { AdamW } from "../optimizer/adamw.js";
import { balanceExperts, expertLoad } from "../optimizer/expert-balance.js";
import { mtpWeightOf, type Stage } from "../recipe/recipe.js";
import type { TrainableNetwork } from "./network.js";

export interface StepResult {
  /** Mean cross-entropy per target token, in nats. */
  lmLoss: number;
  /** Sum over layers of the indexer's KL loss, in nats; undefined where the stage has none. */
  indexerLoss: number | undefined;
  /** Mean cross-entropy of the token after the next; undefined without a multi-token-prediction layer. */
  mtpLoss: number | undefined;
  /** Global gradient norm before clipping. */
  gradientNorm: number;
  /** Largest expert load over the mean, worst layer; undefined without MoE layers. */
  expertImbalance: number | undefined;
}

/** One optimiser step of a stage on one batch. @throws TrainingError `diverged` when a loss is no longer finite. */
export function trainStep(
  network: TrainableNetwork,
  optimizer: AdamW,
  stage: Pick<Stage, "kind" | "mtpWeight">,
  batch: TrainingBatch,
  learningRate: number,
  balancingRate: number,
): StepResult {
  const ctx = new Context(network.device, { recording: true });
  try {
    const { config, weights, rope } = network;
    const { kind } = stage;
    const forward = trainingForward(ctx, config, weights, rope, batch, {
      attention: kind === "sparse" ? "sparse" : "dense",
      indexerLoss: kind !== "dense",
      mtpWeight: mtpWeightOf(stage),
    });
    const lmLoss = forward.lmLoss.data[0]!;
    const mtpLoss = forward.mtpLoss?.data[0];
    const indexerLoss =
      kind === "dense" ? undefined : forward.indexerLosses.reduce((sum, loss) => sum + loss.data[0]!, 0);
    const loads = forward.experts.map((experts) => expertLoad(experts, config.nRoutedExperts));
    const gradients = ctx.backward(forward.total);
    const gradientNorm = optimizer.update(ctx, gradients, learningRate);
    if (!Number.isFinite(lmLoss) || !Number.isFinite(gradientNorm))
      throw new TrainingError(
        "diverged",
        `the loss is ${lmLoss} and the gradient norm ${gradientNorm}; lower the learning rate or resume from a checkpoint`,
      );
    let expertImbalance: number | undefined;
    if (kind !== "warmup")
      [...weights.layers, ...(weights.mtp ? [weights.mtp.layer] : [])]
        .flatMap(({ mlp }) => (isMoe(mlp) ? [mlp] : []))
        .forEach((mlp, i) => {
          if (!mlp.scoreCorrectionBias) return;
          const imbalance = balanceExperts(mlp.scoreCorrectionBias, loads[i]!, balancingRate);
          expertImbalance = Math.max(expertImbalance ?? 0, imbalance);
        });
    return { lmLoss, indexerLoss, mtpLoss, gradientNorm, expertImbalance };
  } finally {
    ctx.dispose();
  }
}
