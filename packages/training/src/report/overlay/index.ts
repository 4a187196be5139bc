/** Several runs in one report: their curves overlaid, and what their recipes say differently. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "@cachalot/files";
import type { DrawnPlot } from "../page.js";
import { renderPlot } from "../plots/render.js";
import { type ComparedRun, compared } from "./compared-run.js";
import { comparisonPage } from "./comparison-page.js";
import { loadNamedRuns, type RecipeDifference, recipeDifferences } from "./named-runs.js";
import { overlayPlots } from "./overlay-plots.js";

export type { ComparedRun } from "./compared-run.js";

export interface RunComparison {
  runs: ComparedRun[];
  differences: RecipeDifference[];
}

/**
 * Writes the comparison of runs, finished or not: `report.html` (one file that loads nothing), `summary.json` and `plots/*.svg`.
 * @returns the path of report.html and the numbers in it.
 * @throws TrainingError `invalid_run` for a directory that is no run, or comes twice.
 */
export async function writeComparison(
  dirs: readonly string[],
  outDir: string,
): Promise<{ html: string; comparison: RunComparison }> {
  const runs = await loadNamedRuns(dirs);
  const comparison = { runs: runs.map(compared), differences: recipeDifferences(runs) };
  await mkdir(join(outDir, "plots"), { recursive: true });
  const plots: DrawnPlot[] = [];
  for (const plot of overlayPlots(runs)) {
    const svg = await renderPlot(plot);
    if (svg) await writeAtomic(join(outDir, "plots", `${plot.id}.svg`), `${svg}\n`);
    plots.push({ ...plot, svg });
  }
  await writeAtomic(join(outDir, "summary.json"), `${JSON.stringify(comparison, null, 2)}\n`);
  const html = join(outDir, "report.html");
  await writeAtomic(html, comparisonPage(comparison.runs, comparison.differences, plots));
  return { html, comparison };
}
