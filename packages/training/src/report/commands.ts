import { readdir } from "node:fs/promises";
import { dirname, isAbsolute, join, relative } from "node:path";
import { loadRecipe, type Recipe } from "../recipe/recipe.js";

/**
 * The commands that make this run and its report again. RECIPE is the file under `recipesDir` that gives exactly this
 * recipe; it stays the word RECIPE when none there does. A data recipe is named relative to its recipe.
 */
export async function commands(recipe: Recipe, runDir: string, recipesDir = "recipes"): Promise<string[]> {
  const file = (await findRecipe(recipe, recipesDir)) ?? "RECIPE";
  const run = shortPath(runDir);
  const isDefaultRun = run === join(recipe.runs, recipe.name);
  return [
    ...(recipe.data?.recipe ? [`cachalot prepare ${quote(join(dirname(file), recipe.data.recipe))}`] : []),
    `cachalot train ${quote(file)}${isDefaultRun ? "" : ` --run ${quote(run)}`}`,
    `cachalot report ${quote(run)}`,
  ];
}

async function findRecipe(recipe: Recipe, dir: string): Promise<string | undefined> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  const wanted = JSON.stringify(recipe);
  for (const name of names.filter((entry) => entry.endsWith(".json")).sort()) {
    const path = join(dir, name);
    // Data recipes live there too: what does not load is no recipe of a training.
    const found = await loadRecipe(path).catch(() => undefined);
    if (found && JSON.stringify(found) === wanted) return path;
  }
  return undefined;
}

/** Relative to the working directory when it lies inside. */
function shortPath(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

function quote(word: string): string {
  return /^[\w./@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
