import type { AttentionMode } from "@cachalot/model";
import type { MetricRecord } from "../run/metric-record.js";
import type { DataStageFields } from "../stages/data-stage.js";
import { type DataStageRecipe, readsData, stageOf } from "../stages/index.js";
import { type LoadedRun, type StageRun, trainedTokensAt } from "./load-run.js";

/** Largest rise of the held-out loss, in %, that still counts as "sparse attention costs nothing". */
const TOLERANCE_PERCENT = 1;

export interface LossDifference {
  /** Held-out loss in nats per token. */
  sparse: number;
  dense: number;
  /** `100 (sparse - dense) / dense`; above 0 sparse is worse. */
  relativePercent: number;
}

/** A sparse stage against a dense one with the same trained tokens behind it. */
export interface SparseDenseComparison {
  sparseStage: string;
  denseStage: string;
  /** The last stage both descend from. */
  commonAncestor: string;
  /** Trained tokens along either line of descent, without the indexer's warm-up. */
  trainedTokens: number;
  /** Of these, since the common ancestor. */
  trainedTokensSinceBranch: number;
  /** Both stages have made all their steps. */
  final: boolean;
  /** Over the parts, weighted as the dense stage weights them. */
  overall: LossDifference;
  byPart: Record<string, LossDifference>;
  /** Share of each part in `overall`. */
  shares: Record<string, number>;
  tolerancePercent: number;
  withinTolerance: boolean;
  /** Why the numbers may not be comparable; empty when nothing is known against them. */
  caveats: string[];
}

/** Every sparse stage against every dense stage of another branch, where both were evaluated at equal trained tokens. */
export function compareSparseToDense({
  recipe,
  stages,
}: Pick<LoadedRun, "recipe" | "stages">): SparseDenseComparison[] {
  const comparisons: SparseDenseComparison[] = [];
  for (const sparse of stages)
    for (const dense of stages) {
      if (!trainsOn(sparse, "sparse") || !trainsOn(dense, "dense")) continue;
      const comparison = compare(sparse, dense);
      if (!comparison) continue;
      const topk = Number(recipe.model.index_topk);
      if (topk >= sparse.stage.seq)
        comparison.caveats.push(
          `rows of ${sparse.stage.seq} tokens fit into the ${topk} selected: nothing is left out`,
        );
      comparisons.push(comparison);
    }
  return comparisons;
}

/** Held-out loss over parts weighted by `shares`; NaN when a part was not evaluated. */
export function lossWithShares(record: MetricRecord, shares: Readonly<Record<string, number>>): number {
  const total = Object.values(shares).reduce((sum, share) => sum + share, 0);
  return Object.entries(shares).reduce(
    (sum, [part, share]) => sum + ((record.lossByPart?.[part] ?? Number.NaN) * share) / total,
    0,
  );
}

/** The dense stage's shares of the parts which both stages train on. */
function commonShares(sparse: DataStageFields, dense: DataStageFields): Record<string, number> {
  return Object.fromEntries(Object.entries(dense.parts).filter(([part]) => part in sparse.parts));
}

function compare(sparse: DataStageRun, dense: DataStageRun): SparseDenseComparison | undefined {
  const ancestor = branchPoint(sparse, dense);
  const match = ancestor && lastAtEqualTokens(sparse, dense);
  if (!match) return undefined;
  const shares = commonShares(sparse.stage, dense.stage);
  const overall = difference(lossWithShares(match.sparse, shares), lossWithShares(match.dense, shares));
  if (!Number.isFinite(overall.relativePercent)) return undefined;
  const byPart = Object.keys(shares).map((part) => {
    const share = { [part]: 1 };
    return [part, difference(lossWithShares(match.sparse, share), lossWithShares(match.dense, share))] as const;
  });
  return {
    sparseStage: sparse.stage.name,
    denseStage: dense.stage.name,
    commonAncestor: ancestor.stage.name,
    trainedTokens: match.trainedTokens,
    trainedTokensSinceBranch: match.trainedTokens - trainedTokensAt(ancestor, ancestor.stage.steps),
    final: match.sparse.step === sparse.stage.steps && match.dense.step === dense.stage.steps,
    overall,
    byPart: Object.fromEntries(byPart),
    shares,
    tolerancePercent: TOLERANCE_PERCENT,
    withinTolerance: overall.relativePercent <= TOLERANCE_PERCENT,
    caveats: caveats(sparse.stage, dense.stage),
  };
}

/** A stage that read data. */
type DataStageRun = StageRun & { stage: DataStageRecipe };

/** Whether a stage trains the language model with this attention. */
function trainsOn(run: StageRun, attention: AttentionMode): run is DataStageRun {
  const kind = stageOf(run.stage);
  return kind.trainsLanguageModel && kind.attention === attention && readsData(run.stage);
}

function branchPoint(a: StageRun, b: StageRun): StageRun | undefined {
  if (a.ancestors.includes(b) || b.ancestors.includes(a)) return undefined;
  return a.ancestors.find((ancestor) => b.ancestors.includes(ancestor));
}

function lastAtEqualTokens(sparse: StageRun, dense: StageRun) {
  const denseByTokens = new Map(
    dense.evaluations.filter(({ step }) => step > 0).map((record) => [trainedTokensAt(dense, record.step), record]),
  );
  for (const record of sparse.evaluations.toReversed()) {
    const trainedTokens = trainedTokensAt(sparse, record.step);
    const other = denseByTokens.get(trainedTokens);
    if (record.step > 0 && other) return { sparse: record, dense: other, trainedTokens };
  }
  return undefined;
}

function difference(sparse: number, dense: number): LossDifference {
  return { sparse, dense, relativePercent: (100 * (sparse - dense)) / dense };
}

function caveats(sparse: DataStageFields, dense: DataStageFields): string[] {
  const found: string[] = [];
  if (sparse.batch !== dense.batch || sparse.seq !== dense.seq)
    found.push("the stages have rows of different size, so their held-out tokens differ");
  if (JSON.stringify(normalized(sparse.parts)) !== JSON.stringify(normalized(dense.parts)))
    found.push("the stages mix the parts of the data differently");
  if (sparse.dataSeed === undefined || sparse.dataSeed !== dense.dataSeed)
    found.push("the stages draw different batches; give both the same dataSeed to see equal data");
  const sameSchedule = JSON.stringify(sparse.schedule) === JSON.stringify(dense.schedule);
  if (sparse.learningRate !== dense.learningRate || !sameSchedule)
    found.push("the stages have different learning rates");
  return found;
}

function normalized(parts: Readonly<Record<string, number>>): [string, number][] {
  const total = Object.values(parts).reduce((sum, share) => sum + share, 0);
  return Object.entries(parts)
    .map(([part, share]): [string, number] => [part, share / total])
    .sort(([a], [b]) => a.localeCompare(b));
}
