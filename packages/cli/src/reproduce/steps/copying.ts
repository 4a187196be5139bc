/** A fourth piece of the base's pre-training, where a scale has one: copies of random spans, for which a small model needs induction heads. */

import { recipePath } from "../scale.js";
import { defineStep } from "../step.js";
import { trainRecipe } from "../train-recipe.js";

export const copying = defineStep({
  name: "copying",
  title: "the fourth piece of the base: copying",
  needs: ["base", "families", "agent-families"],
  recipes: (scale) => scale.copying && [recipePath(scale, scale.copying)],
  settings: (scale) => scale.copying,
  run: (context) => trainRecipe(context.scale.copying!, context),
});
