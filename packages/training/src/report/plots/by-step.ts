import type { MetricRecord } from "../../run/metric-record.js";
import type { Plot, PlotBuilder } from "./plot.js";
import { points, smooth, stagesOf, stepAxis, thin } from "./series.js";
import { HALF_WIDTH, HEIGHT, stageColours } from "./style.js";

interface ByStep extends Pick<Plot, "id" | "title" | "description"> {
  subtitle: string;
  axisTitle: string;
  /** d3-format of the axis labels. */
  format: string;
  scale: { type: "log" } | { zero: boolean };
  /** Draw as it is: a learning rate has no noise to smooth. */
  exact?: boolean;
  value: (record: MetricRecord) => number | undefined;
}

/** A plot of one number of the training steps by step along the line of descent, a line per stage. */
function byStep({ id, title, description, subtitle, axisTitle, format, scale, exact, value }: ByStep): PlotBuilder {
  return (run) => {
    const values = run.stages.flatMap((stage) => {
      const series = points(stage, stage.steps, value).filter((point) => !("type" in scale) || point.value > 0);
      return exact ? thin(series) : smooth(series);
    });
    const spec: Plot["spec"] = {
      title: { text: title, subtitle },
      width: HALF_WIDTH,
      height: HEIGHT,
      data: { values },
      mark: { type: "line", strokeWidth: 2 },
      encoding: {
        x: stepAxis("runStep"),
        y: { field: "value", type: "quantitative", title: axisTitle, axis: { format, tickCount: 5 }, scale },
        color: { field: "stage", type: "nominal", scale: stageColours(run, stagesOf(values)) },
      },
    };
    return { id, title, description, wide: false, spec: values.length > 0 ? spec : undefined };
  };
}

export const imbalancePlot = byStep({
  id: "expert-imbalance",
  title: "Expert imbalance",
  description:
    "Load of the busiest expert over the mean load, in the worst layer, by step along the line of descent, smoothed. 1 is perfect balance.",
  subtitle: "busiest expert over the mean, worst layer",
  axisTitle: "times the mean",
  format: "~g",
  scale: { zero: false },
  value: ({ expertImbalance }) => expertImbalance,
});

export const learningRatePlot = byStep({
  id: "learning-rate",
  title: "Learning rate",
  description: "Learning rate by step along the line of descent.",
  subtitle: "by step along the line of descent",
  axisTitle: "learning rate",
  format: "~e",
  scale: { zero: true },
  exact: true,
  value: ({ learningRate }) => learningRate,
});

export const gradientNormPlot = byStep({
  id: "gradient-norm",
  title: "Gradient norm",
  description:
    "Global norm of the gradient before clipping, by step along the line of descent, smoothed, on a log scale.",
  subtitle: "before clipping, smoothed",
  axisTitle: "global norm",
  format: "~g",
  scale: { type: "log" },
  value: ({ gradientNorm }) => gradientNorm,
});

export const throughputPlot = byStep({
  id: "throughput",
  title: "Tokens per second",
  description:
    "Tokens trained per second of training steps, by step along the line of descent, smoothed. Evaluations and checkpoints are not counted.",
  subtitle: "in training steps, smoothed",
  axisTitle: "tokens/s",
  format: "~s",
  scale: { zero: true },
  value: ({ tokensPerSecond }) => tokensPerSecond,
});
