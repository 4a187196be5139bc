import { isMoe, type PackedBatch } from "@cachalot/model";
import { Context } from "@cachalot/tensor";
import { TrainingError } from "../errors.js";
import { balanceExperts, expertLoad } from "../objectives/expert-balance.js";
import { type LossValues, lossValues } from "../objectives/objective.js";
import type { AdamW } from "../optimizer/adamw.js";
import { type StageRecipe, stageOf } from "../stages/index.js";
import type { TrainableNetwork } from "./network.js";

export interface StepResult {
  /** In nats, by name. */
  losses: LossValues;
  /** Global gradient norm before clipping. */
  gradientNorm: number;
  /** Largest expert load over the mean, worst layer; undefined where experts are not balanced. */
  expertImbalance: number | undefined;
}

export interface StepRates {
  learningRate: number;
  /** How far the router biases move; see `balanceExperts`. */
  balancingRate: number;
}

/** One optimiser step of a stage on one batch. @throws TrainingError `diverged` when a loss is no longer finite. */
export function trainStep(
  network: TrainableNetwork,
  optimizer: AdamW,
  options: StageRecipe,
  batch: PackedBatch,
  { learningRate, balancingRate }: StepRates,
): StepResult {
  const stage = stageOf(options);
  const ctx = new Context(network.device, { recording: true });
  try {
    const objective = stage.objective(ctx, network, batch, options);
    const losses = lossValues(objective);
    const loads = objective.forward.experts.map((experts) => expertLoad(experts, network.config.nRoutedExperts));
    const gradientNorm = optimizer.update(ctx, ctx.backward(objective.total), learningRate);
    const broken = Object.values(losses).some((loss) => !Number.isFinite(loss)) || !Number.isFinite(gradientNorm);
    if (broken)
      throw new TrainingError(
        "diverged",
        `the loss is ${losses.lmLoss} and the gradient norm ${gradientNorm}; lower the learning rate or resume from a checkpoint`,
      );
    const expertImbalance = stage.balancesExperts ? balance(network, loads, balancingRate) : undefined;
    return { losses, gradientNorm, expertImbalance };
  } finally {
    ctx.dispose();
  }
}

/** Moves the router biases of all MoE layers; returns the worst layer's imbalance. */
function balance({ weights }: TrainableNetwork, loads: readonly Float64Array[], rate: number): number | undefined {
  const layers = [...weights.layers, ...(weights.mtp ? [weights.mtp.layer] : [])];
  const routers = layers.flatMap(({ mlp }) => (isMoe(mlp) ? [mlp.scoreCorrectionBias] : []));
  const imbalances = routers.flatMap((bias, i) => (bias && loads[i] ? [balanceExperts(bias, loads[i], rate)] : []));
  return imbalances.length > 0 ? Math.max(...imbalances) : undefined;
}
