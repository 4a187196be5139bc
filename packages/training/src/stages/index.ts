import * as z from "zod";
import { dense } from "./dense.js";
import { sparse } from "./sparse.js";
import type { Stage } from "./stage.js";
import { warmup } from "./warmup.js";

/** Every kind of stage a recipe can name: one line each. */
export const stages = [dense, warmup, sparse] as const;

type SchemasOf<T extends readonly { schema: z.ZodObject }[]> = { -readonly [I in keyof T]: T[I]["schema"] };

/** A stage of a recipe, of any kind. */
export const stageSchema = z.discriminatedUnion(
  "kind",
  stages.map(({ schema }) => schema) as unknown as SchemasOf<typeof stages>,
);
export type StageRecipe = z.output<typeof stageSchema>;

/** The stage behind a part of a recipe. */
export function stageOf({ kind }: Pick<StageRecipe, "kind">): Stage<StageRecipe> {
  // The schema is a union over the registry: the kind is there, and the fields are those of its kind.
  return stages.find((stage) => stage.kind === kind) as unknown as Stage<StageRecipe>;
}
