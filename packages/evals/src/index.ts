export type { AgentOptions, AgentStrategy } from "./agent/agent-options.js";
export {
  type Benchmark,
  type Company,
  type Finished,
  type Grade,
  type Item,
  type ItemRequest,
  notMeasured,
  REASONS,
  type Reason,
  right,
  says,
  wrong,
} from "./benchmark.js";
export { BENCHMARKS, benchmarkNamed } from "./benchmarks/index.js";
export { type Comparison, compareRuns } from "./compare/compare-runs.js";
export { corpusTexts } from "./contamination/corpus-texts.js";
export { findOverlap, type Overlap, type OverlapReport } from "./contamination/overlap.js";
export { type IcpcStanding, type IcpcSubmission, icpcRank, icpcStanding } from "./contests/icpc.js";
export { type IoiSubmission, ioiScores } from "./contests/ioi.js";
export { type Contest, MEDALS, type Medal, type Standing, standingOf } from "./contests/medal.js";
export { contestNamed } from "./contests/named.js";
export { EvalsError, type EvalsErrorCode } from "./errors.js";
export { EXPORTS } from "./exports/index.js";
export type { RunExport } from "./exports/run-export.js";
export { calibrateOn, type JudgeCalibration } from "./judge/calibrate.js";
export { type Judge, modelJudge, type Question } from "./judge/judge.js";
export { type FinalAnswersDefinition, finalAnswers } from "./kinds/final-answers.js";
export { type HumanMark, type MarkAgreement, markAgreement, marksSheet, readMarks } from "./marks/sheet.js";
export { predictionsModel } from "./models/predictions.js";
export { type ModelFor, scriptedModel } from "./models/scripted.js";
export { type Attempts, type MakeSample, openAttempts } from "./run/attempts.js";
export { defaultDirectory } from "./run/default-directory.js";
export type { RunHeader } from "./run/header.js";
export { type RunOptions, runBenchmark } from "./run/run-benchmark.js";
export { readRun, type StoredRun } from "./run/run-directory.js";
export { isBroken, type Sample } from "./run/sample.js";
export { type Summary, summarise } from "./score/summary.js";
export { type CurvePoint, type TokenCurve, tokenCurve } from "./score/token-curve.js";
export { type SelfTestCase, selfTest } from "./self-test/self-test.js";
export { PUBLISHED_CONTESTS, PUBLISHED_TABLES, type PublishedTable, SOURCE } from "./tables/published.js";
