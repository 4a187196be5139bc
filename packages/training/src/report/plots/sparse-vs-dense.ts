import { compareSparseToDense, lossWithShares } from "../comparison.js";
import { trainedTokensAt } from "../load-run.js";
import type { PlotBuilder } from "./plot.js";
import { tokenAxis } from "./series.js";
import { FULL_WIDTH, HEIGHT, stageColours } from "./style.js";

/** Held-out loss of the compared sparse and dense stages by trained tokens since they parted. */
export const sparseVsDensePlot: PlotBuilder = (run) => {
  const title = "Sparse against dense at equal tokens";
  const description =
    "Held-out loss of the two branches by the tokens each trained on since its common ancestor, on the same scale and the same mix of parts.";
  const plot = { id: "sparse-vs-dense", title, description, wide: true, spec: undefined };
  const pair = compareSparseToDense(run).at(-1);
  const sparse = run.stages.find(({ stage }) => stage.name === pair?.sparseStage);
  const dense = run.stages.find(({ stage }) => stage.name === pair?.denseStage);
  if (!pair || !sparse || !dense) return plot;
  const shares = pair.shares;
  const branch = pair.trainedTokens - pair.trainedTokensSinceBranch;
  const values = [dense, sparse].flatMap((branchRun) =>
    branchRun.evaluations
      .map((record) => ({
        stage: branchRun.stage.name,
        tokens: trainedTokensAt(branchRun, record.step) - branch,
        value: lossWithShares(record, shares),
      }))
      .filter(({ value }) => Number.isFinite(value)),
  );
  return {
    ...plot,
    spec: {
      title: { text: title, subtitle: "held-out loss" },
      width: FULL_WIDTH,
      height: HEIGHT,
      data: { values },
      mark: { type: "line", strokeWidth: 2, point: { size: 32 } },
      encoding: {
        x: tokenAxis(
          values.map(({ tokens }) => tokens),
          `tokens trained on since the end of ${pair.commonAncestor}`,
        ),
        y: {
          field: "value",
          type: "quantitative",
          title: "nats per token",
          axis: { format: "~g" },
          scale: { zero: false },
        },
        color: {
          field: "stage",
          type: "nominal",
          scale: stageColours(run, [pair.sparseStage, pair.denseStage]),
        },
      },
    },
  };
};
