/** Further pieces of the base's pre-training, where a scale has them, each from what the one before left. A step each. */

import { recipePath } from "../scale.js";
import { defineStep } from "../step.js";
import { trainRecipe } from "../train-recipe.js";

const PIECES = [
  ["families", "families", "the second piece of the base: tasks of all domains"],
  ["agent-families", "agentFamilies", "the third piece of the base: tasks that need tools"],
  ["copying", "copying", "the fourth piece of the base: copying"],
] as const;

const names = PIECES.map(([name]) => name);

export const furtherPieces = PIECES.map(([name, field, title], i) =>
  defineStep({
    name,
    title,
    needs: ["base", ...names.slice(0, i)],
    recipes: (scale) => scale[field] && [recipePath(scale, scale[field])],
    settings: (scale) => scale[field],
    run: (context) => trainRecipe(context.scale[field]!, context),
  }),
);

/** What a step needs that begins at the whole base. */
export const WHOLE_BASE: readonly string[] = ["base", ...names];
