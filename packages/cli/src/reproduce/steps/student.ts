/** One student, distilled from what the specialists answered right. */

import { recipePath } from "../scale.js";
import { defineStep } from "../step.js";
import { trainRecipe } from "../train-recipe.js";
import { specialists } from "./specialists.js";

export const student = defineStep({
  name: "student",
  title: "one student of the six specialists: distillation",
  needs: specialists.map(({ name }) => name),
  recipes: (scale) => [recipePath(scale, scale.student)],
  settings: (scale) => scale.student,
  run: (context) => trainRecipe(context.scale.student, context),
});
