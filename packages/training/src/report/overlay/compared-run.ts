import { summarize } from "../summary.js";
import type { NamedRun } from "./named-runs.js";

/** A run in the table of a comparison. */
export interface ComparedRun {
  name: string;
  dir: string;
  complete: boolean;
  steps: number;
  tokens: number;
  stepSeconds: number;
  /** Held-out loss of the last stage that has one, nats per token. */
  loss: number | null;
  /** Of the last stage that learns from rewards. */
  pass1: { start: number; end: number } | null;
}

/** The numbers of a run that stand beside those of others. */
export function compared(run: NamedRun): ComparedRun {
  const { complete, stages, tokens, stepSeconds } = summarize(run, []);
  const { name, dir } = run;
  const steps = stages.reduce((sum, stage) => sum + stage.steps, 0);
  const loss = stages.findLast(({ end }) => end?.loss != null)?.end?.loss ?? null;
  const pass1 = stages.findLast((stage) => stage.pass1)?.pass1 ?? null;
  return { name, dir, complete, steps, tokens, stepSeconds, loss, pass1 };
}
