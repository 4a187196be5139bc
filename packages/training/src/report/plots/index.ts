import { gradientNormPlot, imbalancePlot, learningRatePlot, throughputPlot } from "./by-step.js";
import { expertLoadPlot } from "./expert-load.js";
import { indexerKlPlot } from "./indexer-kl.js";
import { lossPlot } from "./loss.js";
import type { PlotBuilder } from "./plot.js";
import { recallPlot } from "./recall.js";
import {
  entropyPlot,
  groupsPlot,
  lengthPlot,
  maskPlot,
  mismatchPlot,
  passPlot,
  policyKlPlot,
  ratioPlot,
  rewardPlot,
} from "./rl-curves.js";
import { sparseVsDensePlot } from "./sparse-vs-dense.js";

/** The plots of a report, in the order of the page. */
export const plotBuilders: readonly PlotBuilder[] = [
  passPlot,
  rewardPlot,
  lossPlot,
  sparseVsDensePlot,
  indexerKlPlot,
  recallPlot,
  groupsPlot,
  entropyPlot,
  policyKlPlot,
  ratioPlot,
  maskPlot,
  mismatchPlot,
  lengthPlot,
  expertLoadPlot,
  imbalancePlot,
  learningRatePlot,
  gradientNormPlot,
  throughputPlot,
];
