import {
  add,
  type Context,
  expertSort,
  gatherRows,
  groupedLinear,
  groupedLinears,
  linear,
  linears,
  moeCombine,
  routeSelect,
  routeWeights,
  sigmoid,
  softmax,
  swiglu,
  type Tensor,
} from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import type { MlpWeights, MoeWeights } from "./weights.js";

/** SwiGLU MLP: x `[rows, E]` to `[rows, E]`. */
export function denseMlp(ctx: Context, weights: MlpWeights, x: Tensor): Tensor {
  const [gate, up] = linears(ctx, x, [weights.gateProj, weights.upProj]);
  const hidden = swiglu(ctx, gate!, up!);
  return linear(ctx, hidden, weights.downProj);
}

export interface MoeResult {
  /** `[rows, E]` */
  output: Tensor;
  /** Chosen experts, `[rows, topK]`, best first. */
  experts: Tensor;
}

/**
 * DeepSeek-V3 mixture of experts: sigmoid scores, selection on score + correction bias within the best groups,
 * weights from the *unbiased* scores, plus the shared experts. x `[rows, E]`.
 *
 * @param replayed i32 `[rows, topK]`: experts chosen elsewhere, used instead of a choice by these scores; the weights, and so
 * the router's gradient, come from these scores all the same
 */
export function moe(
  ctx: Context,
  config: ModelConfig,
  weights: MoeWeights,
  x: Tensor,
  replayed?: Tensor | undefined,
): MoeResult {
  const logits = linear(ctx, x, weights.gate);
  const scores = config.scoringFunc === "sigmoid" ? sigmoid(ctx, logits) : softmax(ctx, logits);
  const experts = replayed ?? selectExperts(ctx, config, scores, weights.scoreCorrectionBias);
  const expertWeights = routeWeights(ctx, scores, experts, {
    normalize: config.normTopkProb,
    scale: config.routedScalingFactor,
  });
  const { rowOfSlot, slotOf, offsets } = expertSort(ctx, experts, { experts: config.nRoutedExperts });
  const routed = gatherRows(ctx, x, rowOfSlot);
  const [gate, up] = groupedLinears(ctx, routed, [weights.experts.gateProj, weights.experts.upProj], offsets);
  const hidden = swiglu(ctx, gate!, up!);
  const outputs = groupedLinear(ctx, hidden, weights.experts.downProj, offsets);
  const combined = moeCombine(ctx, outputs, slotOf, expertWeights);
  const output = weights.shared ? add(ctx, combined, denseMlp(ctx, weights.shared, x)) : combined;
  return { output, experts };
}

/** Group-limited choice of experts by scores `[rows, X]` plus correction bias: i32 `[rows, topK]`, best first. */
function selectExperts(ctx: Context, config: ModelConfig, scores: Tensor, bias: Tensor | undefined): Tensor {
  // DeepSeek-V2's greedy method knows no groups, whatever n_group says.
  const grouped = config.topkMethod !== "greedy";
  return routeSelect(ctx, scores, bias, {
    topK: config.numExpertsPerTok,
    groups: grouped ? config.nGroup : 1,
    keptGroups: grouped ? config.topkGroup : 1,
    groupScore: config.topkMethod === "noaux_tc" ? "top2" : "max",
  });
}
