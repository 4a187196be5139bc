/** Runs side by side: each with a name for the legend, and what their recipes say differently. */

import { basename, resolve } from "node:path";
import { TrainingError } from "../../errors.js";
import { type LoadedRun, loadRun } from "../load-run.js";

export interface NamedRun extends LoadedRun {
  /** The directory's name; the whole path where two are called alike. */
  name: string;
  dir: string;
}

/** @throws TrainingError `invalid_run` for a directory that holds no run, or comes twice */
export async function loadNamedRuns(dirs: readonly string[]): Promise<NamedRun[]> {
  const paths = dirs.map((dir) => resolve(dir));
  const twice = dirs.find((_, i) => paths.indexOf(paths[i]!) !== i);
  if (twice !== undefined)
    throw new TrainingError("invalid_run", `${twice} is named twice; compare runs of different directories`);
  const names = paths.map((path) => basename(path));
  return Promise.all(
    dirs.map(async (dir, i) => {
      const isAlone = names.filter((name) => name === names[i]).length === 1;
      return { ...(await loadRun(dir)), dir, name: isAlone ? names[i]! : dir };
    }),
  );
}

/** A field of recipes with its value in each run; undefined where a run has none. */
export interface RecipeDifference {
  field: string;
  values: (string | undefined)[];
}

/** Fields of the recipes that are not the same in all runs; stages are told apart by their names. */
export function recipeDifferences(runs: readonly NamedRun[]): RecipeDifference[] {
  const flat = runs.map(({ recipe: { stages, ...rest } }) => {
    const fields = new Map<string, string>();
    flatten(rest, "", fields);
    for (const { name, ...stage } of stages) flatten(stage, name, fields);
    return fields;
  });
  const all = [...new Set(flat.flatMap((fields) => [...fields.keys()]))];
  return all
    .map((field) => ({ field, values: flat.map((fields) => fields.get(field)) }))
    .filter(({ field, values }) => field !== "description" && new Set(values).size > 1);
}

function flatten(value: unknown, path: string, fields: Map<string, string>): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    if (value !== undefined) fields.set(path, JSON.stringify(value));
    return;
  }
  for (const [name, inner] of Object.entries(value)) flatten(inner, path ? `${path}.${name}` : name, fields);
}
