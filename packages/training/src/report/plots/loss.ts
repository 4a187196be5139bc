import type { PlotBuilder } from "./plot.js";
import { points, smooth, stagesOf, tokenAxis } from "./series.js";
import { FULL_WIDTH, HEIGHT, stageColours } from "./style.js";

/** Language-model loss by tokens, training and held-out. */
export const lossPlot: PlotBuilder = (run) => {
  const training = run.stages.flatMap((stage) => smooth(points(stage, stage.steps, ({ lmLoss }) => lmLoss)));
  const heldOut = run.stages.flatMap((stage) => points(stage, stage.evaluations, ({ lmLoss }) => lmLoss));
  const title = "Language-model loss";
  const x = tokenAxis(
    [...training, ...heldOut].map(({ tokens }) => tokens),
    "tokens seen",
  );
  const y = {
    field: "value",
    type: "quantitative",
    title: "nats per token",
    axis: { format: "~g" },
    scale: { zero: false },
  } as const;
  const colours = stageColours(run, stagesOf(training, heldOut));
  const color = { field: "stage", type: "nominal", scale: colours } as const;
  return {
    id: "loss",
    title,
    description:
      "Mean cross-entropy by tokens seen along each stage's line of descent. Pale lines: training batches, smoothed. Dots: held-out data. The warm-up trains the indexer alone, so its loss stays level.",
    wide: true,
    spec:
      training.length + heldOut.length === 0
        ? undefined
        : {
            title: { text: title, subtitle: "pale line: training, smoothed · dots: held-out" },
            width: FULL_WIDTH,
            height: HEIGHT,
            layer: [
              {
                data: { values: training },
                mark: { type: "line", strokeWidth: 1.5, opacity: 0.5 },
                encoding: { x, y, color },
              },
              {
                data: { values: heldOut },
                mark: { type: "line", strokeWidth: 2, point: { size: 32 } },
                encoding: { x, y, color },
              },
            ],
          },
  };
};
