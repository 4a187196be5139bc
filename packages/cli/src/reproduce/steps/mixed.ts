/** Mixed reinforcement learning: one GRPO stage over reasoning, agent and alignment tasks together. */

import { recipePath } from "../scale.js";
import { defineStep } from "../step.js";
import { trainRecipe } from "../train-recipe.js";

export const mixed = defineStep({
  name: "mixed",
  title: "mixed GRPO over all domains",
  needs: ["student"],
  recipes: (scale) => [recipePath(scale, scale.mixed)],
  settings: (scale) => scale.mixed,
  run: (context) => trainRecipe(context.scale.mixed, context),
});
