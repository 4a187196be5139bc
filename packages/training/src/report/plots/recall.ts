import { panelWidth } from "./indexer-kl.js";
import type { PlotBuilder } from "./plot.js";
import { points, stagesOf, stepAxis } from "./series.js";
import { HEIGHT, stageColours } from "./style.js";

/** Share of the dense attention's mass held by the selected set: a line per layer, a panel per stage. */
export const recallPlot: PlotBuilder = (run) => {
  const layers = Math.max(0, ...run.stages.flatMap(({ evaluations }) => evaluations.map((e) => e.recall?.length ?? 0)));
  const values = run.stages.flatMap((stage) =>
    Array.from({ length: layers }, (_, layer) =>
      points(stage, stage.evaluations, ({ recall }) => recall?.[layer]).map((point) => ({ ...point, layer })),
    ).flat(),
  );
  const stages = stageColours(run, stagesOf(values)).domain;
  const title = "Recall of attention mass";
  return {
    id: "recall",
    title,
    description:
      "Share of the dense attention's mass that lies on the tokens the indexer selects, mean over held-out queries, one line per layer, by step of the stage. 1 means that nothing is lost by looking at the selected tokens only.",
    wide: false,
    spec:
      values.length === 0
        ? undefined
        : {
            title: { text: title, subtitle: "share of dense attention on the selected tokens" },
            data: { values },
            facet: { field: "stage", type: "nominal", sort: stages, title: null },
            columns: stages.length,
            spacing: 24,
            resolve: { scale: { x: "independent" } },
            spec: {
              width: panelWidth(stages.length),
              height: HEIGHT - 105,
              mark: { type: "line", strokeWidth: 2, point: { size: 28 } },
              encoding: {
                x: stepAxis("step"),
                y: {
                  field: "value",
                  type: "quantitative",
                  title: "share of mass",
                  axis: { format: "~g" },
                  scale: { zero: false },
                },
                color: {
                  field: "layer",
                  type: "ordinal",
                  scale: { scheme: { name: "viridis", extent: [0, 0.85] } },
                  legend: { columns: Math.min(layers, 8), labelExpr: "'layer ' + datum.label" },
                },
              },
            },
          },
  };
};
