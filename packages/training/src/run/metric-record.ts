import type { RlEvaluation, RlMetrics } from "../rl/rl-metrics.js";

/** One line of metrics.jsonl. */
export interface MetricRecord {
  kind: "step" | "evaluation";
  stage: string;
  /** Step within the stage, from 1. */
  step: number;
  /** Tokens seen since the run's first stage along this stage's line of descent. */
  tokens: number;
  /** Tokens of this step, where steps differ. */
  stepTokens?: number;
  /** Of stages that minimise the loss of next tokens. */
  lmLoss?: number;
  indexerLoss?: number | undefined;
  mtpLoss?: number | undefined;
  /** Of stages that learn from rewards: the algorithm's loss, mean over mini-batches. */
  policyLoss?: number;
  learningRate?: number;
  gradientNorm?: number;
  expertImbalance?: number | undefined;
  tokensPerSecond?: number;
  /** Held-out loss by data part (evaluations). */
  lossByPart?: Record<string, number>;
  recall?: number[];
  expertLoad?: number[][];
  /** What a step's rollouts were like. */
  rl?: RlMetrics;
  /** pass@1 on held-out tasks (evaluations). */
  heldOut?: RlEvaluation;
}
