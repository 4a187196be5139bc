/** Files a recipe is made of: itself, those it extends, its data recipe. */

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

interface Named {
  extends?: string;
  data?: { recipe?: string };
}

/** Paths from the working directory, the recipe's own first. A file that cannot be read names none. */
export async function recipeFiles(path: string): Promise<string[]> {
  const json = await readFile(path, "utf8").then(
    (text) => JSON.parse(text) as Named,
    () => ({}) as Named,
  );
  const data = json.data?.recipe;
  const parents = json.extends === undefined ? [] : await recipeFiles(join(dirname(path), json.extends));
  return [path, ...(data === undefined ? [] : [join(dirname(path), data)]), ...parents];
}
