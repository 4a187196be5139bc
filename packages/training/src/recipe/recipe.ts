import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import * as z from "zod";
import { TrainingError } from "../errors.js";
import { optimizerSchema } from "../optimizer/options.js";
import { stageSchema } from "../stages/index.js";
import { lineAt } from "./field-line.js";
import { locateField } from "./locate-field.js";
import { moveRecipe, type RecipeOptions } from "./workspace.js";

const positive = z.number().int().positive();

export const recipeSchema = z.strictObject({
  /** Documentation for readers. */
  description: z.string().optional(),
  name: z.string().regex(/^[a-z0-9-]+$/, "lower-case letters, digits and dashes"),
  seed: z.number().int().min(0).default(0),
  /** The model's config.json. Default: that of the checkpoint `init`. */
  model: z.record(z.string(), z.unknown()),
  /**
   * Checkpoint directory whose weights the first stage starts from, relative to the working directory. One without an
   * indexer (V3.1-style) is given a new one: warm-up then trains it. Default: random weights.
   */
  init: z.string().optional(),
  /** Left out where no stage reads data: the tokenizer then comes from `init`. */
  data: z
    .strictObject({
      /** Data recipe, relative to this file: `cachalot prepare` makes the data from it. */
      recipe: z.string().optional(),
      /** Prepared data, relative to the working directory. */
      dir: z.string(),
    })
    .optional(),
  /** In order; `kind` says what a stage does: see `stages/index.ts`. */
  stages: z.array(stageSchema).min(1),
  optimizer: optimizerSchema.prefault({}),
  /** Auxiliary-loss-free expert balancing: the router bias moves by this much per step. 0 turns it off. */
  balancingRate: z.number().min(0).default(0.001),
  evaluation: z
    .strictObject({
      /** Steps between evaluations of held-out loss. */
      every: positive.default(100),
      batches: positive.default(4),
    })
    .prefault({}),
  checkpoint: z
    .strictObject({
      /** Steps between checkpoints. */
      every: positive.default(100),
      /** How many are kept. */
      keep: positive.default(2),
    })
    .prefault({}),
  /** Where runs are written, relative to the working directory. */
  runs: z.string().default("runs"),
});

export type Recipe = z.infer<typeof recipeSchema>;

/**
 * Reads a recipe file. `extends` names another recipe, relative to the file, whose fields it overrides (objects are
 * merged, arrays replaced).
 * @throws TrainingError `invalid_recipe` naming the field.
 */
export async function loadRecipe(path: string, { workspace }: RecipeOptions = {}): Promise<Recipe> {
  const merged = await readMerged(resolve(path), []);
  const result = recipeSchema.safeParse(
    await withModel(workspace === undefined ? merged : moveRecipe(merged, workspace)),
  );
  if (!result.success) {
    const issue = result.error.issues[0]!;
    const field = issue.path.join(".") || "(top level)";
    const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
    const place = await locateField(path, [...issue.path, ...unknown].join("."));
    throw new TrainingError(
      "invalid_recipe",
      `${place}: ${field}: ${issue.message}; see docs/training.md for the fields`,
    );
  }
  return checkStages(path, result.data);
}

/** A recipe that starts from a checkpoint and names no model takes the checkpoint's. */
async function withModel(recipe: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { init, model } = recipe;
  if (model !== undefined || typeof init !== "string") return recipe;
  const text = await readFile(join(init, "config.json"), "utf8").catch(() => undefined);
  if (text === undefined)
    throw new TrainingError(
      "invalid_recipe",
      `init: ${init} has no config.json; name a checkpoint directory, or give the recipe its model`,
    );
  return { ...recipe, model: JSON.parse(text) };
}

async function readMerged(path: string, seen: readonly string[]): Promise<Record<string, unknown>> {
  if (seen.includes(path))
    throw new TrainingError("invalid_recipe", `${path} extends itself; remove one of the "extends" fields`);
  let parsed: unknown;
  let text = "";
  try {
    text = await readFile(path, "utf8");
    parsed = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const [, position] = /position (\d+)/.exec(reason) ?? [];
    const line = position === undefined ? "" : `:${lineAt(text, Number(position))}`;
    throw new TrainingError(
      "invalid_recipe",
      `cannot read recipe ${path}${line}: ${reason}; recipes are JSON files in recipes/`,
    );
  }
  if (!isObject(parsed)) throw new TrainingError("invalid_recipe", `${path} must hold a JSON object`);
  const { extends: parent, ...own } = parsed;
  if (parent === undefined) return own;
  if (typeof parent !== "string")
    throw new TrainingError("invalid_recipe", `${path}: extends must be the path of another recipe`);
  return merge(await readMerged(resolve(dirname(path), parent), [...seen, path]), own);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function merge(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    result[key] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return result;
}

async function checkStages(path: string, recipe: Recipe): Promise<Recipe> {
  const names = recipe.stages.map((entry) => entry.name);
  const refuse = async (field: string, problem: string) => {
    throw new TrainingError("invalid_recipe", `${await locateField(path, field)}: ${problem}`);
  };
  for (const [i, entry] of recipe.stages.entries()) {
    if (names.indexOf(entry.name) !== i)
      await refuse(`stages.${i}.name`, `two stages are named "${entry.name}"; rename one`);
    const earlier = names.slice(0, i);
    if (entry.from !== undefined && !earlier.includes(entry.from))
      await refuse(
        `stages.${i}.from`,
        `stages.${i}.from is "${entry.from}", which is no earlier stage; name one of them (${earlier.join(", ") || "there is none"})`,
      );
  }
  return recipe;
}
