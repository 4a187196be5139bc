import type { PlotBuilder } from "./plot.js";
import { points, smooth, stagesOf, stepAxis } from "./series.js";
import { HALF_WIDTH, HEIGHT, stageColours } from "./style.js";

/** Indexer's KL by step, one panel per stage that has an indexer loss. */
export const indexerKlPlot: PlotBuilder = (run) => {
  const kl = ({ indexerLoss }: { indexerLoss?: number | undefined }) =>
    indexerLoss !== undefined && indexerLoss > 0 ? indexerLoss : undefined;
  const training = run.stages.flatMap((stage) => smooth(points(stage, stage.steps, kl)));
  const heldOut = run.stages.flatMap((stage) => points(stage, stage.evaluations, kl));
  const present = stageColours(run, stagesOf(training, heldOut));
  const title = "Indexer KL";
  const values = [
    ...training.map((point) => ({ ...point, data: "training" })),
    ...heldOut.map((point) => ({ ...point, data: "held-out" })),
  ];
  const x = stepAxis("step");
  const y = {
    field: "value",
    type: "quantitative",
    title: "nats, sum over layers",
    scale: { type: "log" },
    axis: { format: "~g", tickCount: 5 },
  } as const;
  const color = { field: "stage", type: "nominal", scale: present, legend: null } as const;
  return {
    id: "indexer-kl",
    title,
    description:
      "KL divergence of the attention's distribution from the indexer's, on a log scale, by step of the stage: over all tokens in the warm-up, over the selected tokens in sparse training. Pale lines: training, smoothed. Dots: held-out.",
    wide: false,
    spec:
      values.length === 0
        ? undefined
        : {
            title: { text: title, subtitle: "pale line: training, smoothed · dots: held-out" },
            data: { values },
            facet: { field: "stage", type: "nominal", sort: present.domain, title: null },
            columns: present.domain.length,
            spacing: 24,
            resolve: { scale: { x: "independent" } },
            spec: {
              width: panelWidth(present.domain.length),
              height: HEIGHT - 80,
              layer: [
                {
                  transform: [{ filter: { field: "data", equal: "training" } }],
                  mark: { type: "line", strokeWidth: 1.5, opacity: 0.5 },
                  encoding: { x, y, color },
                },
                {
                  transform: [{ filter: { field: "data", equal: "held-out" } }],
                  mark: { type: "line", strokeWidth: 2, point: { size: 28 } },
                  encoding: { x, y, color },
                },
              ],
            },
          },
  };
};

/** Width of one of several panels in a half-wide card, next to the axis. */
export function panelWidth(panels: number): number {
  return Math.max(120, Math.floor((HALF_WIDTH - 110 - 24 * (panels - 1)) / Math.max(panels, 1)));
}
