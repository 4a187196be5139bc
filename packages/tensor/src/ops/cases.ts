import type { OpCase } from "../conformance.js";
import { accumulateCases } from "./accumulate/cases.js";
import { adamwCases } from "./adamw/cases.js";
import { addCases } from "./add/cases.js";
import { attentionCases } from "./attention/cases.js";
import { attentionMassCases } from "./attention-mass/cases.js";
import { cacheReadCases } from "./cache-read/cases.js";
import { cacheWriteCases } from "./cache-write/cases.js";
import { concatCases } from "./concat/cases.js";
import { crossEntropyCases } from "./cross-entropy/cases.js";
import { crossEntropyKeptCases } from "./cross-entropy-kept/cases.js";
import { expandedAttentionCases } from "./expanded-attention/cases.js";
import { expertSortCases } from "./expert-sort/cases.js";
import { gatherLastCases } from "./gather-last/cases.js";
import { gatherRowsCases } from "./gather-rows/cases.js";
import { groupedLinearCases } from "./grouped-linear/cases.js";
import { headLinearCases } from "./head-linear/cases.js";
import { indexCacheWriteCases } from "./index-cache-write/cases.js";
import { indexScoresCases } from "./index-scores/cases.js";
import { indexSelectCases } from "./index-select/cases.js";
import { klDivergenceCases } from "./kl-divergence/cases.js";
import { layerNormCases } from "./layer-norm/cases.js";
import { linearCases } from "./linear/cases.js";
import { moeCombineCases } from "./moe-combine/cases.js";
import { narrowCases } from "./narrow/cases.js";
import { pagedAttentionCases } from "./paged-attention/cases.js";
import { rmsNormCases } from "./rms-norm/cases.js";
import { ropeCases } from "./rope/cases.js";
import { routeSelectCases } from "./route-select/cases.js";
import { routeWeightsCases } from "./route-weights/cases.js";
import { sampleTokensCases } from "./sample-tokens/cases.js";
import { sigmoidCases } from "./sigmoid/cases.js";
import { softmaxCases } from "./softmax/cases.js";
import { sparseAttentionCases } from "./sparse-attention/cases.js";
import { sparseAttentionMassCases } from "./sparse-attention-mass/cases.js";
import { sparseIndexScoresCases } from "./sparse-index-scores/cases.js";
import { sumSquaresCases } from "./sum-squares/cases.js";
import { swigluCases } from "./swiglu/cases.js";
import { transposeCases } from "./transpose/cases.js";
import { weightedSumCases } from "./weighted-sum/cases.js";

/** Every op's cases, one line an op. */
const cases: readonly OpCase[] = [
  ...accumulateCases,
  ...adamwCases,
  ...addCases,
  ...attentionCases,
  ...attentionMassCases,
  ...cacheReadCases,
  ...cacheWriteCases,
  ...concatCases,
  ...crossEntropyCases,
  ...crossEntropyKeptCases,
  ...expandedAttentionCases,
  ...expertSortCases,
  ...gatherLastCases,
  ...gatherRowsCases,
  ...groupedLinearCases,
  ...headLinearCases,
  ...indexCacheWriteCases,
  ...indexScoresCases,
  ...indexSelectCases,
  ...klDivergenceCases,
  ...layerNormCases,
  ...linearCases,
  ...moeCombineCases,
  ...narrowCases,
  ...pagedAttentionCases,
  ...rmsNormCases,
  ...ropeCases,
  ...routeSelectCases,
  ...routeWeightsCases,
  ...sampleTokensCases,
  ...sigmoidCases,
  ...softmaxCases,
  ...sparseAttentionCases,
  ...sparseAttentionMassCases,
  ...sparseIndexScoresCases,
  ...sumSquaresCases,
  ...swigluCases,
  ...transposeCases,
  ...weightedSumCases,
];

/** All cases by the name of their op: the conformance suite and the benchmarks run them. */
export const casesByOp: ReadonlyMap<string, readonly OpCase[]> = byOp(cases);

function byOp(all: readonly OpCase[]): Map<string, OpCase[]> {
  const groups = new Map<string, OpCase[]>();
  for (const opCase of all) {
    const group = groups.get(opCase.op.name);
    if (group) group.push(opCase);
    else groups.set(opCase.op.name, [opCase]);
  }
  return groups;
}
