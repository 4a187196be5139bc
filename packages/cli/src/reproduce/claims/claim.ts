/** A claim of the report: what it says, what was published, and what the steps' results say of it here. */

import type { Scale } from "../scale.js";
import type { Results, Step } from "../step.js";

/** What was measured here. */
export interface Figure {
  /** As the page shows it. */
  text: string;
  /** 95 %, of the number that `text` begins with; left out where one run has none. */
  interval?: readonly [low: number, high: number];
}

/** A plot of a row: SVG, or an SVG file in the run's directory. */
export type ClaimPlot = { svg: string } | { file: string };

/** One entry of a section's list. */
export interface Claim {
  name: string;
  claim: string;
  /** The report's figure; "none" where it gives none. */
  published: string;
  /** Measured by these steps. */
  steps: readonly Step[];
  /** undefined where a step it takes is not finished; text alone where this scale cannot tell. */
  measure(results: Results): Figure | undefined;
  plots?(results: Results): readonly ClaimPlot[];
  /** What shows more of it, or measures it again, beside `cachalot reproduce --only`; `dir` is the run's. */
  commands(scale: Scale, dir: string): readonly string[];
}

export interface Section {
  title: string;
  claims: readonly Claim[];
}
