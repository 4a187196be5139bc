import { TrainingError } from "../errors.js";
import type { Recipe } from "../recipe/recipe.js";
import { stageOf } from "../stages/index.js";
import type { StageFacts } from "../stages/stage.js";

/**
 * Checks before step 0 that every stage can do its work: that model, stages, data and tasks fit together.
 * @throws TrainingError `invalid_recipe` naming the field, `invalid_data` for tokens the model does not have.
 */
export async function requireTrainable(recipe: Recipe, facts: StageFacts): Promise<void> {
  for (const [i, stage] of recipe.stages.entries()) {
    const where = `stages.${i} (${stage.name})`;
    const kind = stageOf(stage);
    const unfit = kind.unfit?.(facts.config);
    if (unfit) throw new TrainingError("invalid_recipe", `${where}: ${unfit}`);
    await kind.check(stage, facts, where);
  }
}
