import { gradientNormPlot, imbalancePlot, learningRatePlot, throughputPlot } from "./by-step.js";
import { expertLoadPlot } from "./expert-load.js";
import { indexerKlPlot } from "./indexer-kl.js";
import { lossPlot } from "./loss.js";
import type { PlotBuilder } from "./plot.js";
import { recallPlot } from "./recall.js";
import { sparseVsDensePlot } from "./sparse-vs-dense.js";

/** The plots of a report, in the order of the page. */
export const plotBuilders: readonly PlotBuilder[] = [
  lossPlot,
  sparseVsDensePlot,
  indexerKlPlot,
  recallPlot,
  expertLoadPlot,
  imbalancePlot,
  learningRatePlot,
  gradientNormPlot,
  throughputPlot,
];
