import fc from "fast-check";
import { expect, test } from "vitest";
import type { MetricRecord } from "../run/metric-record.js";
import { testMetrics, testRecipe, toJsonLines } from "../testing/test-run.js";
import { parseMetrics } from "./load-metrics.js";
import { arrangeStages } from "./load-run.js";
import { summarize } from "./summary.js";

function summaryOf(records: readonly MetricRecord[], recipe = testRecipe) {
  return summarize({ recipe, stages: arrangeStages(recipe, records), unreadableLines: 0 }, []);
}

test("stages: steps, tokens, time, held-out numbers at start and end", () => {
  const { stages, tokens, complete, stepSeconds } = summaryOf(testMetrics());
  expect(complete).toBe(true);
  expect(tokens).toBe(900 * 256);
  expect(stepSeconds).toBeCloseTo(90, 6);
  const [dense, warmup, sparse, control] = stages;
  expect(dense).toMatchObject({ from: null, status: "finished", steps: 400, tokens: 102_400 });
  expect(dense!.stepSeconds).toBeCloseTo(40, 6);
  expect(dense!.start).toMatchObject({ step: 0, loss: 5, indexerKl: null, meanRecall: null });
  expect(dense!.end!.lossByPart.text).toBeCloseTo(2 + 3 * Math.exp(-400 / 120), 12);
  expect(warmup).toMatchObject({ from: "dense", kind: "warmup", steps: 100 });
  expect(warmup!.start!.indexerKl).toBeCloseTo(4.4, 12);
  expect(warmup!.start!.meanRecall).toBeCloseTo(0.85 - 0.44, 12);
  expect(warmup!.end!.indexerKl).toBeCloseTo(4 * Math.exp(-100 / 30) + 0.4, 12);
  expect(sparse!.from).toBe("warmup");
  expect(sparse!.end!.meanRecall).toBeCloseTo(0.85 - 0.02, 12);
  expect(control!.from).toBe("dense");
});

test("sparse is compared to dense at equal trained tokens, the warm-up aside", () => {
  const [comparison, ...others] = summaryOf(testMetrics()).sparseVsDense;
  expect(others).toEqual([]);
  expect(comparison).toMatchObject({
    sparseStage: "sparse",
    denseStage: "dense-control",
    commonAncestor: "dense",
    trainedTokens: 600 * 256,
    trainedTokensSinceBranch: 200 * 256,
    final: true,
    withinTolerance: true,
    caveats: [],
  });
  expect(comparison!.overall.relativePercent).toBeCloseTo(0.375, 9);
  expect(comparison!.byPart.text!.relativePercent).toBeCloseTo(0.5, 9);
  expect(comparison!.byPart.chat!.relativePercent).toBeCloseTo(0.25, 9);
});

test("a comparison of unfinished branches takes the last point both reached", () => {
  const records = testMetrics().filter(({ stage, step }) => stage !== "dense-control" || step < 130);
  const [comparison] = summaryOf(records).sparseVsDense;
  expect(comparison).toMatchObject({ final: false, trainedTokensSinceBranch: 100 * 256 });
  const begun = testMetrics().filter(({ stage, step }) => stage !== "dense-control" || step === 0);
  expect(summaryOf(begun).sparseVsDense).toEqual([]);
});

test("a sparse stage more than 1 % worse is out of tolerance, and what differs is told", () => {
  const records = testMetrics().map((record) =>
    record.stage === "sparse" && record.lossByPart
      ? { ...record, lossByPart: { text: record.lossByPart.text! * 1.02, chat: record.lossByPart.chat! * 1.02 } }
      : record,
  );
  const stages = testRecipe.stages.map((stage) => (stage.name === "sparse" ? { ...stage, dataSeed: 3 } : stage));
  const [comparison] = summaryOf(records, { ...testRecipe, stages }).sparseVsDense;
  expect(comparison!.withinTolerance).toBe(false);
  expect(comparison!.caveats).toEqual([expect.stringContaining("dataSeed")]);
});

test("a selection as long as the rows is told", () => {
  const recipe = { ...testRecipe, model: { ...testRecipe.model, index_topk: 64 } };
  expect(summaryOf(testMetrics(), recipe).sparseVsDense[0]!.caveats).toEqual([expect.stringContaining("64 selected")]);
});

test("a chain of stages has no branch to compare", () => {
  const stages = testRecipe.stages.slice(0, 3);
  expect(summaryOf(testMetrics(), { ...testRecipe, stages }).sparseVsDense).toEqual([]);
});

test("parameters: all, active per token, the indexer's", () => {
  const { model } = summaryOf([]);
  const E = 96;
  const attention = 48 * E + 48 + 4 * 24 * 48 + 40 * E + 32 + 4 * 32 * 32 + E * 64;
  const indexer = 16 * 32 * 48 + 32 * E + 32 + 32 + 16 * E;
  const expert = 3 * 48 * E;
  const moe = 8 * E + 8 + 9 * expert;
  const total = 2 * 160 * E + E + 3 * (2 * E + attention + indexer) + 3 * 160 * E + 2 * moe;
  expect(model).toMatchObject({
    parameters: total,
    activeParameters: total - 2 * 5 * expert - 159 * E,
    indexerParameters: 3 * indexer,
  });
});

test("steps made again after a crash count once, by their last record", () => {
  const records = testMetrics();
  const again = records.filter(({ stage, step }) => stage === "sparse" && step <= 20).map((r) => ({ ...r, lmLoss: 9 }));
  const metrics = parseMetrics(toJsonLines([...records, ...again]));
  expect(metrics.records).toHaveLength(records.length);
  const summary = summaryOf(metrics.records);
  expect(summary.stages[2]).toMatchObject({ steps: 200, start: { loss: 9 }, end: { step: 200 } });
});

test("records that were read are those that were written", () => {
  expect(parseMetrics(toJsonLines(testMetrics()))).toEqual({ records: testMetrics(), unreadableLines: 0 });
});

test("values that were not finite and lines torn in the middle do no harm", () => {
  const [step, ...rest] = toJsonLines(testMetrics()).split("\n");
  const lines = [step!, '{"kind":"step","stage":"dense","st', '{"kind":"evaluation"}', "null", ...rest];
  expect(parseMetrics(lines.join("\n"))).toMatchObject({ unreadableLines: 3 });
  const nan = {
    kind: "evaluation",
    stage: "dense",
    step: 1,
    tokens: 256,
    lmLoss: 1,
    expertLoad: [[null, 1]],
    recall: [null],
  };
  const { records } = parseMetrics(JSON.stringify(nan));
  expect(records[0]!.expertLoad).toEqual([[Number.NaN, 1]]);
  expect(summaryOf(records).stages[0]!.end!.meanRecall).toBeNull();
});

test("any prefix of a metrics file is summarised", () => {
  const text = toJsonLines(testMetrics());
  fc.assert(
    fc.property(fc.nat(text.length), (length) => {
      const prefix = text.slice(0, length);
      const { records, unreadableLines } = parseMetrics(prefix);
      const whole = prefix.split("\n").length - 1;
      const tail = prefix.endsWith("\n") || prefix === "" ? 0 : 1;
      expect(records.length + unreadableLines).toBe(whole + tail);
      expect(summaryOf(records).stages).toHaveLength(4);
    }),
    { numRuns: 60, seed: 2 },
  );
});
