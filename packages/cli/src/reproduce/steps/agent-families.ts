/** A third piece of the base's pre-training, where a scale has one: the families of tasks that need tools. */

import { recipePath } from "../scale.js";
import { defineStep } from "../step.js";
import { trainRecipe } from "../train-recipe.js";

export const agentFamilies = defineStep({
  name: "agent-families",
  title: "the third piece of the base: tasks that need tools",
  needs: ["base", "families"],
  recipes: (scale) => scale.agentFamilies && [recipePath(scale, scale.agentFamilies)],
  settings: (scale) => scale.agentFamilies,
  run: (context) => trainRecipe(context.scale.agentFamilies!, context),
});
