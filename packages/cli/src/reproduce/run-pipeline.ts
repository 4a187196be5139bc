/** The pipeline: every step that is not finished, in order. Resumable: finished steps are read, the one at work goes on. */

import { join } from "node:path";
import { writeAtomic } from "@cachalot/files";
import { CliError } from "../errors.js";
import { type ClaimRow, claimRows } from "./claims/index.js";
import { page } from "./page/page.js";
import { ReproductionDirectory } from "./run-directory.js";
import type { Scale } from "./scale.js";
import type { Step } from "./step.js";
import { stepsOf } from "./steps/index.js";
import type { PipelineView } from "./view.js";

export interface PipelineOptions {
  scale: Scale;
  dir: string;
  /** Names of steps; what they need is made as well. Default: all. */
  only?: readonly string[] | undefined;
  view: PipelineView;
  signal: AbortSignal;
}

export interface PipelineResult {
  /** Steps of the scale that are finished, and those that are not. */
  finished: string[];
  left: string[];
  claims: Omit<ClaimRow, "plots">[];
  page: string;
}

/** @throws CliError `invalid_input` as `ReproductionDirectory.open`, and for a step there is not; what a step throws */
export async function runPipeline({ scale, dir, only, view, signal }: PipelineOptions): Promise<PipelineResult> {
  const steps = stepsOf(scale);
  const wanted = only === undefined ? steps : withNeeds(only, steps);
  const directory = await ReproductionDirectory.open(dir, scale, steps);
  try {
    const done = () => steps.filter((step) => directory.record(step));
    view.begin(wanted, done());
    for (const step of wanted) {
      if (directory.record(step)) continue;
      await directory.began(step);
      const began = performance.now();
      const progress = view.step(step);
      const result = await step.run({ scale, dir, results: directory, progress, signal });
      const seconds = (performance.now() - began) / 1000;
      view.finished(step, await directory.finished(step, scale, seconds, result));
      await writePage(directory, scale, steps);
    }
    const finished = done().map(({ name }) => name);
    const left = steps.filter(({ name }) => !finished.includes(name)).map(({ name }) => name);
    return { finished, left, ...(await writePage(directory, scale, steps)) };
  } finally {
    view.end();
    await directory.close();
  }
}

/** Steps by name with those they need, in the pipeline's order. */
function withNeeds(names: readonly string[], steps: readonly Step[]): Step[] {
  const wanted = new Set<string>();
  const add = (name: string) => {
    const step = steps.find((candidate) => candidate.name === name);
    if (!step)
      throw new CliError(
        "invalid_input",
        `there is no step ${name} at this scale; there are ${steps.map((one) => one.name).join(", ")}`,
      );
    wanted.add(name);
    for (const need of step.needs) if (steps.some((one) => one.name === need)) add(need);
  };
  for (const name of names) add(name);
  return steps.filter(({ name }) => wanted.has(name));
}

/** The page over what is finished, and the same as JSON beside it. */
async function writePage(
  directory: ReproductionDirectory,
  scale: Scale,
  steps: readonly Step[],
): Promise<Pick<PipelineResult, "claims" | "page">> {
  const file = join(directory.path, "report.html");
  const records = steps.map((step) => ({ step, record: directory.record(step) }));
  const rows = await claimRows(scale, directory.path, directory);
  const claims = rows.map(({ plots, ...row }) => row);
  await writeAtomic(join(directory.path, "report.json"), `${JSON.stringify({ scale: scale.name, claims }, null, 2)}\n`);
  await writeAtomic(file, page({ scale, dir: directory.path, records, rows }));
  return { claims, page: file };
}
