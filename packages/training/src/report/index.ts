import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "@cachalot/files";
import { rolloutsDir } from "../rl/rollout-store.js";
import { readView } from "../rl/rollout-view.js";
import { commands } from "./commands.js";
import { type LoadedRun, loadRun } from "./load-run.js";
import { type DrawnPlot, page } from "./page.js";
import { plotBuilders } from "./plots/index.js";
import { renderPlot } from "./plots/render.js";
import type { StageViews } from "./rollout-viewer.js";
import { type ReportSummary, summarize } from "./summary.js";

export type { ReportSummary } from "./summary.js";

/**
 * Writes the report of a run, finished or not: `report.html` (one file that loads nothing), `summary.json` and
 * `plots/*.svg` into `outDir`.
 * @returns the path of report.html and the numbers in it.
 * @throws TrainingError `invalid_run` when `runDir` is not a run.
 */
export async function writeReport(runDir: string, outDir = runDir): Promise<{ html: string; summary: ReportSummary }> {
  const run = await loadRun(runDir);
  const summary = summarize(run, await commands(run.recipe, runDir));
  await mkdir(join(outDir, "plots"), { recursive: true });
  const plots: DrawnPlot[] = [];
  for (const build of plotBuilders) {
    const plot = build(run);
    const svg = await renderPlot(plot);
    if (svg) await writeAtomic(join(outDir, "plots", `${plot.id}.svg`), `${svg}\n`);
    plots.push({ ...plot, svg });
  }
  await writeAtomic(join(outDir, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  const html = join(outDir, "report.html");
  await writeAtomic(html, page(summary, plots, await loadViews(runDir, run)));
  return { html, summary };
}

/** The rollouts that stages wrote last, of those that sample. */
async function loadViews(runDir: string, { stages }: LoadedRun): Promise<StageViews> {
  const views = await Promise.all(
    stages.map(async ({ stage }) => ({ stage: stage.name, view: await readView(rolloutsDir(runDir, stage.name)) })),
  );
  return views.flatMap(({ stage, view }) => (view ? [{ stage, view }] : []));
}
