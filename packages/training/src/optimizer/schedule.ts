import type { StageFields } from "../stages/stage.js";

/** Learning rate of step `step` (from 0) of a stage: linear warm-up, then cosine or constant. */
export function learningRateAt(stage: Pick<StageFields, "learningRate" | "schedule" | "steps">, step: number): number {
  const { warmupSteps, kind, finalFraction } = stage.schedule;
  if (step < warmupSteps) return (stage.learningRate * (step + 1)) / warmupSteps;
  if (kind === "constant") return stage.learningRate;
  const progress = (step - warmupSteps) / Math.max(stage.steps - warmupSteps, 1);
  const cosine = 0.5 * (1 + Math.cos(Math.PI * Math.min(progress, 1)));
  return stage.learningRate * (finalFraction + (1 - finalFraction) * cosine);
}
