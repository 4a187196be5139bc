/** Figures of a run's metrics that claims are told by. */

import type { MetricRecord } from "@cachalot/training";

export interface ExpertLoad {
  stage: string;
  /** Tokens of the busiest and the idlest expert as multiples of an equal share, over all layers. */
  busiest: number;
  idlest: number;
}

/** Of the last evaluation that counted experts. */
export function expertLoadOf(records: readonly MetricRecord[]): ExpertLoad | null {
  const last = records.findLast(({ expertLoad }) => expertLoad?.some((load) => load.every(Number.isFinite)));
  if (!last?.expertLoad) return null;
  const ratios = last.expertLoad.flatMap((load) => load.map((share) => share * load.length)).filter(Number.isFinite);
  return { stage: last.stage, busiest: Math.max(...ratios), idlest: Math.min(...ratios) };
}

export interface RlFigures {
  steps: number;
  /** Reward of the first and the last step's rollouts. */
  reward: [first: number, last: number];
  /** pass@1 on held-out tasks, by step. */
  passAt1: { step: number; solved: number; tasks: number }[];
  /** Mean and largest |log pi_engine - log pi_trainer| over the steps, nats. */
  mismatch: { mean: number; max: number };
  gradientNorm: { median: number; largest: number };
  /** Share of sequences that the off-policy mask took out, mean of steps. */
  masked: number;
  /** Mean ratio in the first update of a step. */
  ratio: number;
  /** Mean of sampled tokens in the last step. */
  length: number;
  rollouts: number;
}

/** By stage. */
export function rlFigures(records: readonly MetricRecord[]): Record<string, RlFigures> {
  const stages = [...new Set(records.filter(({ rl }) => rl).map(({ stage }) => stage))];
  return Object.fromEntries(stages.map((stage) => [stage, figuresOf(records.filter((one) => one.stage === stage))]));
}

function figuresOf(records: readonly MetricRecord[]): RlFigures {
  const steps = records.flatMap(({ kind, rl, gradientNorm = 0 }) =>
    kind === "step" && rl ? [{ ...rl, gradientNorm }] : [],
  );
  const mean = (of: (step: (typeof steps)[number]) => number) =>
    steps.reduce((sum, step) => sum + of(step), 0) / Math.max(steps.length, 1);
  const norms = steps.map(({ gradientNorm }) => gradientNorm).sort((a, b) => a - b);
  return {
    steps: steps.length,
    reward: [steps[0]!.reward, steps.at(-1)!.reward],
    passAt1: records.flatMap(({ step, heldOut }) =>
      heldOut ? [{ step, solved: Math.round(heldOut.pass1 * heldOut.rollouts), tasks: heldOut.rollouts }] : [],
    ),
    mismatch: {
      mean: mean(({ mismatch }) => mismatch.mean),
      max: Math.max(...steps.map(({ mismatch }) => mismatch.max)),
    },
    gradientNorm: { median: norms[norms.length >> 1]!, largest: norms.at(-1)! },
    masked: mean(({ sequencesDropped }) => sequencesDropped),
    ratio: mean(({ ratioMean }) => ratioMean),
    length: steps.at(-1)!.length.mean,
    rollouts: steps.reduce((sum, { rollouts }) => sum + rollouts, 0),
  };
}
