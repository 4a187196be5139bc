import type { TopLevelSpec } from "vega-lite";
import type { LoadedRun } from "../load-run.js";

export interface Plot {
  /** Names the file plots/ID.svg. */
  id: string;
  title: string;
  /** What is drawn and how to read it: the caption on the page and the description in the SVG. */
  description: string;
  /** Takes the full width of the page. */
  wide: boolean;
  /** False where the recipe has no stage that measures it. Default true. */
  relevant?: boolean;
  /** Undefined while the run has not measured any of it. */
  spec: TopLevelSpec | undefined;
}

export type PlotBuilder = (run: LoadedRun) => Plot;
