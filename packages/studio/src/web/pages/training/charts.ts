/** The charts of a training run, one line each: which series belong together. */
import type { MetricSeries } from "../../../wire/training.js";
import type { words } from "./words.js";

export interface ChartKind {
  title: keyof ReturnType<typeof words>;
  holds(series: MetricSeries): boolean;
  /** Fewest values of its axis. */
  logarithmic?: true;
}

const named =
  (...keys: string[]) =>
  ({ key }: MetricSeries) =>
    keys.includes(key);

export const CHARTS: readonly ChartKind[] = [
  { title: "loss", holds: ({ key }) => /^(lmLoss|mtpLoss|policyLoss)$|^lossByPart\./.test(key) },
  { title: "indexer", holds: named("indexerLoss") },
  { title: "recall", holds: ({ key }) => key === "recall" },
  { title: "reward", holds: named("rl.reward", "rl.pass1", "rl.passG") },
  { title: "pass", holds: ({ key }) => /^rl\.byDomain\..*\.pass1$/.test(key) },
  { title: "heldOut", holds: ({ key }) => /^heldOut\.(pass1|byDomain\..*\.pass1|byTaskset\..*\.pass1)$/.test(key) },
  { title: "entropy", holds: named("rl.entropy") },
  { title: "kl", holds: named("rl.kl") },
  { title: "ratio", holds: named("rl.ratioMean", "rl.ratioMax", "rl.clippedLow", "rl.clippedHigh") },
  { title: "lengths", holds: named("rl.length.mean", "rl.length.max") },
  { title: "mismatch", holds: named("rl.mismatch.mean", "rl.mismatch.k3") },
  { title: "experts", holds: named("expertImbalance") },
  { title: "gradient", holds: named("gradientNorm") },
  { title: "rate", holds: named("learningRate") },
  { title: "speed", holds: named("tokensPerSecond", "rl.rolloutTokensPerSecond") },
];
