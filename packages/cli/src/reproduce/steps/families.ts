/** A second piece of the base's pre-training, where a scale has one: the families of tasks beside text and conversations. */

import { recipePath } from "../scale.js";
import { defineStep } from "../step.js";
import { trainRecipe } from "../train-recipe.js";

export const families = defineStep({
  name: "families",
  title: "the second piece of the base: tasks of all domains",
  needs: ["base"],
  recipes: (scale) => scale.families && [recipePath(scale, scale.families)],
  settings: (scale) => scale.families,
  run: (context) => trainRecipe(context.scale.families!, context),
});
