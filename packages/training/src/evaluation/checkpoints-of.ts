import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A checkpoint directory itself; of a run directory, the models of its finished stages in the order of its recipe. */
export async function checkpointsOf(path: string): Promise<string[]> {
  if (existsSync(join(path, "config.json")) || !existsSync(join(path, "recipe.json"))) return [path];
  const { stages = [] } = JSON.parse(await readFile(join(path, "recipe.json"), "utf8")) as {
    stages?: { name: string }[];
  };
  const models = stages.map(({ name }) => join(path, "models", name)).filter((model) => existsSync(model));
  return models.length > 0 ? models : [path];
}
