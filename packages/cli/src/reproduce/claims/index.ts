/** Every claim of the report, by section: a file and a line each. Rows of the page are made here. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scale } from "../scale.js";
import type { Results } from "../step.js";
import type { ClaimPlot, Figure, Section } from "./claim.js";
import { continuedPretraining } from "./continued-pretraining.js";
import { evaluations } from "./evaluations.js";
import { postTraining } from "./post-training.js";
import { stableRl } from "./stable-rl.js";
import { taskSynthesis } from "./task-synthesis.js";

const SECTIONS: readonly Section[] = [continuedPretraining, postTraining, stableRl, taskSynthesis, evaluations];

/** A claim with what was measured. */
export interface ClaimRow {
  section: string;
  name: string;
  claim: string;
  published: string;
  /** null: not measured, and `why`. */
  figure: Figure | null;
  why?: string;
  commands: string[];
  /** SVG documents; not written to report.json. */
  plots: readonly string[];
}

/** @param dir of the run, as commands name it */
export async function claimRows(scale: Scale, dir: string, results: Results): Promise<ClaimRow[]> {
  const rows = SECTIONS.flatMap(({ title, claims }) => claims.map((claim) => ({ title, ...claim })));
  return Promise.all(
    rows.map(async ({ title, name, claim, published, steps, measure, plots, commands }) => {
      const absent = steps.filter((step) => step.recipes(scale) === undefined);
      const figure = absent.length === 0 ? measure(results) : undefined;
      const only = steps.map((step) => step.name).join(" ");
      return {
        ...{ section: title, name, claim, published, figure: figure ?? null },
        ...(figure ? {} : { why: absent.length > 0 ? "this scale leaves it out" : "its steps are not finished" }),
        commands: [`cachalot reproduce --scale ${scale.name} --out ${dir} --only ${only}`, ...commands(scale, dir)],
        plots: figure && plots ? await Promise.all(plots(results).map((plot) => svgOf(plot, dir))) : [],
      };
    }),
  ).then((all) => all.map((row) => ({ ...row, plots: row.plots.filter((svg) => svg !== "") })));
}

async function svgOf(plot: ClaimPlot, dir: string): Promise<string> {
  return "svg" in plot ? plot.svg : readFile(join(dir, plot.file), "utf8").catch(() => "");
}
