import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TrainingError } from "../errors.js";
import { type Recipe, recipeSchema } from "../recipe/recipe.js";
import type { MetricRecord } from "../run/metric-record.js";
import { readsData, type StageRecipe, stageOf } from "../stages/index.js";
import { loadMetrics } from "./load-metrics.js";

/** One stage of a run: what the recipe plans, where it branches off, what was measured. */
export interface StageRun {
  stage: StageRecipe;
  /** Stages this one descends from, the nearest first. */
  ancestors: StageRun[];
  /** Steps of all ancestors: `offset + step` counts steps along the line of descent. */
  stepOffset: number;
  /** Tokens the ancestors trained the language model on; the warm-up trains the indexer alone and does not count. */
  trainedTokensBefore: number;
  /** By step. */
  steps: MetricRecord[];
  /** By step. */
  evaluations: MetricRecord[];
}

export interface LoadedRun {
  recipe: Recipe;
  stages: StageRun[];
  unreadableLines: number;
}

/**
 * Reads recipe.json and metrics.jsonl of a run directory.
 * @throws TrainingError `invalid_run` when the directory holds no recipe.json of a run.
 */
export async function loadRun(runDir: string): Promise<LoadedRun> {
  const recipe = await readRecipe(join(runDir, "recipe.json"));
  const { records, unreadableLines } = await loadMetrics(join(runDir, "metrics.jsonl"));
  return { recipe, stages: arrangeStages(recipe, records), unreadableLines };
}

async function readRecipe(path: string): Promise<Recipe> {
  let reason: string;
  try {
    const result = recipeSchema.safeParse(JSON.parse(await readFile(path, "utf8")));
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    reason = `${issue?.path.join(".")}: ${issue?.message}`;
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  throw new TrainingError(
    "invalid_run",
    `cannot read ${path}: ${reason}; give the directory of a run made by "cachalot train"`,
  );
}

/** Sorts records under their stages and finds each stage's line of descent. */
export function arrangeStages(recipe: Recipe, records: readonly MetricRecord[]): StageRun[] {
  const stages: StageRun[] = [];
  recipe.stages.forEach((stage, position) => {
    const parentName = stage.from ?? recipe.stages[position - 1]?.name;
    const parent = stages.find((candidate) => candidate.stage.name === parentName);
    const ancestors = parent ? [parent, ...parent.ancestors] : [];
    const own = records.filter((record) => record.stage === stage.name).sort((a, b) => a.step - b.step);
    stages.push({
      stage,
      ancestors,
      stepOffset: ancestors.reduce((sum, { stage: { steps } }) => sum + steps, 0),
      trainedTokensBefore: ancestors.reduce(
        (sum, ancestor) => sum + trainedIn(ancestor.stage, ancestor.stage.steps),
        0,
      ),
      steps: own.filter(({ kind }) => kind === "step"),
      evaluations: own.filter(({ kind }) => kind === "evaluation"),
    });
  });
  return stages;
}

/** Tokens the language model was trained on along the line of descent, up to `step` of this stage. */
export function trainedTokensAt({ stage, trainedTokensBefore }: StageRun, step: number): number {
  return trainedTokensBefore + trainedIn(stage, step);
}

function trainedIn(stage: StageRecipe, steps: number): number {
  return stageOf(stage).trainsLanguageModel && readsData(stage) ? steps * stage.batch * stage.seq : 0;
}
