import type { MetricRecord } from "../run/metric-record.js";
import { readsData, type StageRecipe } from "../stages/index.js";
import { compareSparseToDense, type SparseDenseComparison } from "./comparison.js";
import type { LoadedRun, StageRun } from "./load-run.js";
import { type ModelShape, modelShape } from "./model-shape.js";

/** What the held-out data said at one point of a stage. */
export interface HeldOut {
  step: number;
  /** Loss over the parts as the stage weights them, in nats per token. */
  loss: number | null;
  lossByPart: Record<string, number>;
  /** Sum over layers of the indexer's KL, in nats. */
  indexerKl: number | null;
  /** Share of dense attention mass inside the selected set, mean over layers. */
  meanRecall: number | null;
}

export interface StageSummary {
  name: string;
  kind: StageRecipe["kind"];
  from: string | null;
  status: "not started" | "unfinished" | "finished";
  /** Steps made, of how many. */
  steps: number;
  plannedSteps: number;
  /** Tokens seen in this stage. */
  tokens: number;
  /** First evaluation, before the stage's first step. */
  start: HeldOut | null;
  /** Last evaluation behind a step. */
  end: HeldOut | null;
  /** Share of held-out tasks solved at the first attempt, where the stage learns from rewards. */
  pass1: { start: number; end: number } | null;
  /** Time in training steps: without evaluations, checkpoints and what a crash threw away. */
  stepSeconds: number;
}

export interface ReportSummary {
  name: string;
  description: string | null;
  complete: boolean;
  stepSeconds: number;
  tokens: number;
  model: ModelShape | null;
  stages: StageSummary[];
  sparseVsDense: SparseDenseComparison[];
  /** Lines of metrics.jsonl that could not be read. */
  unreadableLines: number;
  /** Commands that make the run and this report again. */
  commands: string[];
}

/** The numbers of a run. */
export function summarize(run: LoadedRun, commands: string[]): ReportSummary {
  const stages = run.stages.map(summarizeStage);
  return {
    name: run.recipe.name,
    description: run.recipe.description ?? null,
    complete: stages.every(({ status }) => status === "finished"),
    stepSeconds: stages.reduce((sum, { stepSeconds }) => sum + stepSeconds, 0),
    tokens: stages.reduce((sum, { tokens }) => sum + tokens, 0),
    model: modelShape(run.recipe.model),
    stages,
    sparseVsDense: compareSparseToDense(run),
    unreadableLines: run.unreadableLines,
    commands,
  };
}

function summarizeStage({ stage, ancestors, steps, evaluations }: StageRun): StageSummary {
  const made = steps.at(-1)?.step ?? 0;
  const begun = steps.length > 0 || evaluations.length > 0;
  const tokensOf = ({ stepTokens }: MetricRecord) => stepTokens ?? (readsData(stage) ? stage.batch * stage.seq : 0);
  const last = evaluations.at(-1);
  return {
    name: stage.name,
    kind: stage.kind,
    from: ancestors[0]?.stage.name ?? null,
    status: made >= stage.steps ? "finished" : begun ? "unfinished" : "not started",
    steps: made,
    plannedSteps: stage.steps,
    tokens: readsData(stage)
      ? made * stage.batch * stage.seq
      : steps.reduce((sum, record) => sum + tokensOf(record), 0),
    pass1: passOf(evaluations),
    start: evaluations[0]?.step === 0 ? heldOut(evaluations[0]) : null,
    end: last && last.step > 0 ? heldOut(last) : null,
    stepSeconds: steps.reduce(
      (sum, record) => sum + (record.tokensPerSecond ? tokensOf(record) / record.tokensPerSecond : 0),
      0,
    ),
  };
}

function passOf(evaluations: readonly MetricRecord[]): StageSummary["pass1"] {
  const all = evaluations.flatMap(({ heldOut: measured }) => measured?.pass1 ?? []);
  return all.length > 0 ? { start: all[0]!, end: all.at(-1)! } : null;
}

function heldOut({ step, lmLoss, lossByPart, indexerLoss, recall }: MetricRecord): HeldOut {
  const values = (recall ?? []).filter(Number.isFinite);
  return {
    step,
    loss: lmLoss ?? null,
    lossByPart: lossByPart ?? {},
    indexerKl: indexerLoss ?? null,
    meanRecall: values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null,
  };
}
