/** The stabilisers of GRPO, each switched off and on: short runs of one recipe from one checkpoint, an arm each. */

import { loadRecipe, recipeSchema } from "@cachalot/training";
import type { RlFigures } from "../figures.js";
import { recipePath, type StabiliserArm } from "../scale.js";
import { defineStep } from "../step.js";
import { trainRun } from "../train-recipe.js";

export interface ArmFigures extends RlFigures {
  study: StabiliserArm["study"];
  arm: string;
}

export const stabilisers = defineStep<{ arms: ArmFigures[] }>({
  name: "stabilisers",
  title: "the stabilisers of GRPO, each off and on",
  needs: ["specialist-logic"],
  recipes: (scale) => [recipePath(scale, scale.stabilisers)],
  settings: (scale) => scale.stabilisers,
  async run(context) {
    const { recipe: _, arms: wanted } = context.scale.stabilisers;
    const path = recipePath(context.scale, context.scale.stabilisers);
    const recipe = await loadRecipe(path, { workspace: context.dir });
    const [stage] = recipe.stages;
    const arms: ArmFigures[] = [];
    for (const { study, arm, stage: fields, options } of wanted) {
      const name = `stabiliser-${study}-${arm}`.replaceAll(/[^a-z0-9]+/g, "-");
      const algorithm = { name: "v32", options: { beta: 0, ...options } };
      const own = recipeSchema.parse({ ...recipe, name, stages: [{ ...stage, ...fields, algorithm }] });
      const { rl } = await trainRun(own, path, context);
      arms.push({ study, arm, ...rl[stage!.name]! });
    }
    return { arms };
  },
});
