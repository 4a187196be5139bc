export * from "./data/index.js";
export { TrainingError, type TrainingErrorCode } from "./errors.js";
export { checkTraining } from "./parity/check-training.js";
export { loadRecipe, type Recipe, recipeSchema } from "./recipe/recipe.js";
export { type ReportSummary, writeReport } from "./report/index.js";
export { type GrpoParity, grpoParity } from "./rl/grpo-parity.js";
export type * from "./rl/rollout-source.js";
export * from "./run/progress.js";
export { type TrainOptions, train } from "./run/train.js";
