import * as z from "zod";
import type { DataStage, DataStageFields } from "./data-stage.js";
import { dense } from "./dense.js";
import { distill } from "./distill.js";
import { grpo } from "./grpo.js";
import { sft } from "./sft.js";
import { sparse } from "./sparse.js";
import type { Stage } from "./stage.js";
import { warmup } from "./warmup.js";

/** Every kind of stage a recipe can name: one line each. */
export const stages = [dense, warmup, sparse, sft, distill, grpo] as const;

type SchemasOf<T extends readonly { schema: z.ZodObject }[]> = { -readonly [I in keyof T]: T[I]["schema"] };

/** A stage of a recipe, of any kind. */
export const stageSchema = z.discriminatedUnion(
  "kind",
  stages.map(({ schema }) => schema) as unknown as SchemasOf<typeof stages>,
);
export type StageRecipe = z.output<typeof stageSchema>;
/** A stage of a recipe that reads prepared data. */
export type DataStageRecipe = Extract<StageRecipe, DataStageFields>;

/** The stage behind a part of a recipe. */
export function stageOf({ kind }: Pick<StageRecipe, "kind">): Stage<StageRecipe> {
  // The schema is a union over the registry: the kind is there, and the fields are those of its kind.
  return stages.find((stage) => stage.kind === kind) as unknown as Stage<StageRecipe>;
}

/** The stage behind a part of a recipe, where it has an objective on batches of data. */
export function dataStageOf(recipe: StageRecipe): DataStage<DataStageRecipe> | undefined {
  const stage = stageOf(recipe);
  return "objective" in stage ? (stage as unknown as DataStage<DataStageRecipe>) : undefined;
}

/** Whether a part of a recipe has rows of prepared data. */
export function readsData(recipe: StageRecipe): recipe is DataStageRecipe {
  return "parts" in recipe;
}
