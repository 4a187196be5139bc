import { isMoe } from "@cachalot/model";
import { Context } from "@cachalot/tensor";
import { TrainingError } from "../errors.js";
import { addLoad, balanceExperts, expertLoad } from "../objectives/expert-balance.js";
import { type LossValues, lossValues, type Objective } from "../objectives/objective.js";
import type { AdamW } from "../optimizer/adamw.js";
import { GradientSum } from "./gradient-sum.js";
import type { TrainableNetwork } from "./network.js";

interface StepResult {
  /** In nats, by name. */
  losses: LossValues;
  /** Global gradient norm before clipping. */
  gradientNorm: number;
  /** Largest expert load over the mean, worst layer; undefined where experts are not balanced. */
  expertImbalance: number | undefined;
}

type ObjectiveOf = (ctx: Context) => Objective;

interface StepRequest {
  network: TrainableNetwork;
  optimizer: AdamW;
  /** What is minimised; with gradient accumulation, the parts whose sum it is. */
  objective: ObjectiveOf | readonly ObjectiveOf[];
  learningRate: number;
  /** How far the router biases move, see `balanceExperts`; undefined: they stay. */
  balancingRate: number | undefined;
}

/** One optimiser step. @throws TrainingError `diverged` when a loss is no longer finite. */
export function trainStep({
  network,
  optimizer,
  objective: objectiveOf,
  learningRate,
  balancingRate,
}: StepRequest): StepResult {
  const sum = new GradientSum(network.device);
  const ctx = new Context(network.device);
  try {
    const { losses, loads } = accumulateGradients(network, [objectiveOf].flat(), sum);
    const gradientNorm = optimizer.update(ctx, sum.gradients, learningRate);
    requireFinite(losses, gradientNorm);
    const expertImbalance = balancingRate === undefined ? undefined : balance(network, loads, balancingRate);
    return { losses, gradientNorm, expertImbalance };
  } finally {
    ctx.dispose();
    sum.dispose();
  }
}

/** Forward and backward passes of the parts of a step: their losses together, and their expert loads by MoE layer. */
export function accumulateGradients(
  { device, config }: Pick<TrainableNetwork, "device" | "config">,
  parts: readonly ObjectiveOf[],
  sum: GradientSum,
): { losses: LossValues; loads: Float64Array[] } {
  const losses = {} as LossValues;
  const loads: Float64Array[] = [];
  for (const objectiveOf of parts) {
    const ctx = new Context(device, { recording: true });
    try {
      const objective = objectiveOf(ctx);
      for (const [name, loss] of Object.entries(lossValues(objective))) losses[name] = (losses[name] ?? 0) + loss;
      for (const [layer, experts] of objective.forward.experts.entries())
        addLoad(loads, layer, expertLoad(experts, config.nRoutedExperts));
      sum.add(ctx, ctx.backward(objective.total));
    } finally {
      ctx.dispose();
    }
  }
  return { losses, loads };
}

/** @throws TrainingError `diverged` */
export function requireFinite(losses: Readonly<Record<string, number>>, gradientNorm: number): void {
  const broken = Object.values(losses).some((loss) => !Number.isFinite(loss)) || !Number.isFinite(gradientNorm);
  if (!broken) return;
  const [loss] = Object.values(losses);
  throw new TrainingError(
    "diverged",
    `the loss is ${loss} and the gradient norm ${gradientNorm}; lower the learning rate or resume from a checkpoint`,
  );
}

/** Moves the router biases of all MoE layers; returns the worst layer's imbalance. */
function balance({ weights }: TrainableNetwork, loads: readonly Float64Array[], rate: number): number | undefined {
  const layers = [...weights.layers, ...(weights.mtp ? [weights.mtp.layer] : [])];
  const routers = layers.flatMap(({ mlp }) => (isMoe(mlp) ? [mlp.scoreCorrectionBias] : []));
  const imbalances = routers.flatMap((bias, i) => (bias && loads[i] ? [balanceExperts(bias, loads[i], rate)] : []));
  return imbalances.length > 0 ? Math.max(...imbalances) : undefined;
}
