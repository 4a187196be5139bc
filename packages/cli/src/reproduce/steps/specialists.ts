/** Six specialists of one base: each fine-tuned until it solves some tasks of its domain, then reinforcement learning. A step each. */

import { recipePath, SPECIALISTS } from "../scale.js";
import { defineStep } from "../step.js";
import { trainRecipe } from "../train-recipe.js";
import { WHOLE_BASE } from "./further-pieces.js";

export const specialists = SPECIALISTS.map((name) =>
  defineStep({
    name: `specialist-${name}`,
    title: `the specialist of ${name}: fine-tuning, then GRPO`,
    needs: WHOLE_BASE,
    recipes: (scale) => [recipePath(scale, scale.specialists[name])],
    settings: (scale) => scale.specialists[name],
    run: (context) => trainRecipe(context.scale.specialists[name], context),
  }),
);
