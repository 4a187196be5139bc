import type { Recipe } from "../recipe/recipe.js";

/** Where a run's tokenizer comes from: its data, else its first checkpoint; undefined where it has neither. */
export function tokenizerDirOf({ data, init }: Pick<Recipe, "data" | "init">): string | undefined {
  return data?.dir ?? init;
}
