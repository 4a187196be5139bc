/** Continued pre-training: dense, indexer warm-up, sparse, and a dense control of the same tokens. */

import { recipePath } from "../scale.js";
import { defineStep } from "../step.js";
import { trainRecipe } from "../train-recipe.js";

export const base = defineStep({
  name: "base",
  title: "continued pre-training: dense, indexer warm-up, sparse, and a dense control",
  needs: ["start"],
  recipes: (scale) => [recipePath(scale, scale.base)],
  settings: (scale) => scale.base,
  run: (context) => trainRecipe(context.scale.base, context),
});
