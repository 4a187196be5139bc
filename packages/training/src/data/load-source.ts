import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { TrainingError } from "../errors.js";
import type { DataSource } from "./data-source.js";

/**
 * Loads the material of a module: a package, or a path relative to `dir`. Its code runs: take recipes from people you trust.
 * @throws TrainingError `invalid_recipe` where there is none.
 */
export async function loadSource(module: string, dir: string): Promise<DataSource> {
  let loaded: { source?: DataSource };
  try {
    const file = createRequire(pathToFileURL(join(dir, "recipe.json"))).resolve(module);
    loaded = await import(pathToFileURL(file).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new TrainingError(
      "invalid_recipe",
      `the data recipe in ${dir}: cannot load the module ${module}: ${reason}; install it, or build it first (npm run build)`,
    );
  }
  if (loaded.source) return loaded.source;
  throw new TrainingError(
    "invalid_recipe",
    `the data recipe in ${dir}: the module ${module} exports no \`source\`; see docs/training.md for what a data recipe's module holds`,
  );
}
