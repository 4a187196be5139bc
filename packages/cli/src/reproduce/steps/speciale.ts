/** Speciale: GRPO on reasoning tasks alone, thinking only, with a small length penalty. */

import { recipePath } from "../scale.js";
import { defineStep } from "../step.js";
import { trainRecipe } from "../train-recipe.js";

export const speciale = defineStep({
  name: "speciale",
  title: "Speciale: GRPO on reasoning alone, a small length penalty",
  needs: ["student"],
  recipes: (scale) => [recipePath(scale, scale.speciale)],
  settings: (scale) => scale.speciale,
  run: (context) => trainRecipe(context.scale.speciale, context),
});
