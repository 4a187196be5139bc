/** A training of the pipeline: its demonstrations, its data, its stages, its report. Each goes on where it was left. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { demonstrationRows, STYLES, tasksetNamed } from "@cachalot/environments";
import { defaultDevice } from "@cachalot/tensor";
import {
  loadMetrics,
  loadRecipe,
  located,
  type Progress,
  prepareData,
  type Recipe,
  type ReportSummary,
  readDataRecipe,
  train,
  writeReport,
} from "@cachalot/training";
import { rolloutBinding } from "../training/rollout-binding.js";
import { writeRows } from "../write-rows.js";
import { type ExpertLoad, expertLoadOf, type RlFigures, rlFigures } from "./figures.js";
import { type Demonstrations, recipePath, type Training } from "./scale.js";
import type { StepContext, StepProgress } from "./step.js";

export interface TrainedRun {
  /** Relative to the run's directory. */
  run: string;
  stages: ReportSummary["stages"];
  sparseVsDense: ReportSummary["sparseVsDense"];
  stepSeconds: number;
  tokens: number;
  /** Of the last evaluation on held-out rows. */
  expertLoad: ExpertLoad | null;
  /** By stage that learns from rewards. */
  rl: Record<string, RlFigures>;
}

/** @throws what preparing and training throw; the signal's reason where that aborts */
export async function trainRecipe(training: Training, context: StepContext): Promise<TrainedRun> {
  const { dir, progress } = context;
  const path = recipePath(context.scale, training);
  if (training.demonstrations) await demonstrate(training.demonstrations, dir, progress);
  await prepare(path, dir, progress);
  return trainRun(await loadRecipe(path, { workspace: dir }), path, context);
}

/**
 * @param path of the recipe, for what it says wrong
 * @throws as `trainRecipe`
 */
export async function trainRun(
  recipe: Recipe,
  path: string,
  { progress, signal }: Pick<StepContext, "progress" | "signal">,
): Promise<TrainedRun> {
  const rl = rolloutBinding({ preflight: false, workers: false });
  const result = await train(recipe, {
    device: defaultDevice(),
    progress: trainingProgress(recipe, progress),
    signal,
    rl,
  })
    .catch(async (error: unknown) => {
      throw await located(error, path);
    })
    .finally(() => rl.close(true));
  signal.throwIfAborted();
  const { summary } = await writeReport(result.runDir);
  const { records } = await loadMetrics(join(result.runDir, "metrics.jsonl"));
  const { stages, sparseVsDense, stepSeconds, tokens } = summary;
  return {
    ...{ run: join("runs", recipe.name), stages, sparseVsDense, stepSeconds, tokens },
    ...{ expertLoad: expertLoadOf(records), rl: rlFigures(records) },
  };
}

/** Writes solved tasks; a file that is there is whole. */
async function demonstrate({ out, tasksets, ...request }: Demonstrations, dir: string, progress: StepProgress) {
  const file = join(dir, out);
  if (existsSync(file)) return;
  const rows = demonstrationRows({
    ...{ ...request, tasksets: tasksets.map(tasksetNamed), styles: STYLES, split: "train" },
  });
  await writeRows(file, rows, (done) => progress.at(`solved tasks ${done} of ${request.count}`));
}

async function prepare(path: string, dir: string, progress: StepProgress): Promise<void> {
  const { data } = await loadRecipe(path, { workspace: dir });
  if (!data?.recipe) return;
  const recipe = await readDataRecipe(join(dirname(path), data.recipe), { workspace: dir });
  await prepareData(recipe, data.dir, {
    onProgress: ({ stage, done, total }) =>
      progress.at(`data: ${stage} ${Math.floor((100 * done) / Math.max(total, 1))} %`),
  });
}

/** Steps of all stages as one count. */
function trainingProgress({ stages }: Recipe, progress: StepProgress): Progress {
  const all = stages.reduce((sum, { steps }) => sum + steps, 0);
  let [before, name] = [0, ""];
  return {
    start(stage) {
      const position = stages.findIndex((one) => one.name === stage);
      before = stages.slice(0, position).reduce((sum, { steps }) => sum + steps, 0);
      name = stage;
      progress.at(name, before, all);
    },
    update: ({ step, headline }) => progress.at(`${name} · ${headline} · step`, before + step, all),
    note: (text) => progress.note(text),
    stop() {},
  };
}
