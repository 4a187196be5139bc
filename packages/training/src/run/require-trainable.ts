import type { ModelConfig } from "@cachalot/model";
import type { Dataset } from "../data/index.js";
import { TrainingError } from "../errors.js";
import type { Recipe } from "../recipe/recipe.js";
import { type StageRecipe, stageOf } from "../stages/index.js";

/**
 * Checks before step 0 that every stage can do its work: that model, stages and data fit together.
 * @throws TrainingError `invalid_recipe` naming the field, `invalid_data` for tokens the model does not have.
 */
export function requireTrainable(recipe: Recipe, config: ModelConfig, dataset: Dataset): void {
  recipe.stages.forEach((stage, i) => {
    requireStage(stage, `stages.${i} (${stage.name})`, config);
  });
  for (const part of new Set(recipe.stages.flatMap(({ parts }) => Object.keys(parts))))
    requireTokens(part, config, dataset);
}

function requireStage(stage: StageRecipe, where: string, config: ModelConfig): void {
  const refuse = (reason: string) => {
    throw new TrainingError("invalid_recipe", `${where}: ${reason}`);
  };
  const { seq } = stage;
  const unfit = stageOf(stage).unfit?.(config);
  if (unfit) refuse(unfit);
  if (seq < 2) refuse(`a row of ${seq} token predicts nothing; make seq at least 2`);
  if (seq > config.maxPositionEmbeddings)
    refuse(
      `seq ${seq} is longer than the model's context of ${config.maxPositionEmbeddings}; shorten seq or raise max_position_embeddings`,
    );
}

/** Every id of a part, and those of its tokenizer, has a row in the embedding. */
function requireTokens(part: string, config: ModelConfig, dataset: Dataset): void {
  const { vocabSize, pad } = dataset.manifest.tokenizer;
  const last = Math.max(vocabSize - 1, pad, dataset.largestToken(part));
  if (last >= config.vocabSize)
    throw new TrainingError(
      "invalid_data",
      `${dataset.dir}: part "${part}" and its tokenizer use token ids up to ${last}, but the model's vocab_size is ${config.vocabSize}; ` +
        `prepare the data with the model's tokenizer, or make vocab_size at least ${last + 1}`,
    );
}
