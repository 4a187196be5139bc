/** Working directory of a recipe: where its runs and its data lie, when that is not the directory of the process. */

import { isAbsolute, join, relative, resolve } from "node:path";

export interface RecipeOptions {
  /** Where the recipe's `runs/` and `data/` lie. Default: the working directory. */
  workspace?: string;
}

/** Folders that recipes name relative to the working directory, and that training or preparing writes. */
const WRITTEN = /^(runs|data)(\/|$)/;

/** A path of a training recipe, in a workspace. Others, such as `models/embedded`, stay as they are. */
function inWorkspace(path: string, workspace: string): string {
  return WRITTEN.test(path) ? join(workspace, path) : path;
}

type Json = Record<string, unknown>;

/** A training recipe as its JSON reads, with its runs and data in a workspace. */
export function moveRecipe(recipe: Json, workspace: string): Json {
  const moved = (value: unknown) => (typeof value === "string" ? inWorkspace(value, workspace) : value);
  const { init, runs = "runs", data, stages, ...rest } = recipe;
  return {
    ...rest,
    ...(init === undefined ? {} : { init: moved(init) }),
    runs: moved(runs),
    ...(isObject(data) ? { data: { ...data, dir: moved(data.dir) } } : { data }),
    stages: Array.isArray(stages) ? stages.map((stage) => (isObject(stage) ? moveStage(stage, moved) : stage)) : stages,
  };
}

function moveStage(stage: Json, moved: (value: unknown) => unknown): Json {
  const { rollouts, teacher } = stage;
  return {
    ...stage,
    ...(teacher === undefined ? {} : { teacher: moved(teacher) }),
    ...(isObject(rollouts) && Array.isArray(rollouts.runs)
      ? { rollouts: { ...rollouts, runs: rollouts.runs.map(moved) } }
      : {}),
  };
}

/** A file of a data recipe in `dir`: what lies in the working directory's `data` is looked for in the workspace's. */
export function moveDataFile(file: string, dir: string, workspace: string): string {
  const inData = relative(resolve("data"), resolve(dir, file));
  return inData.startsWith("..") || isAbsolute(inData) ? file : resolve(workspace, "data", inData);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
