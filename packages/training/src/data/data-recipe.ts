import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import * as z from "zod";
import { TrainingError } from "../errors.js";
import { moveDataFile, type RecipeOptions } from "../recipe/workspace.js";
import { BASE_VOCABULARY } from "../tokenizer/tokenizer-json.js";
import { LARGEST_VOCABULARY } from "../tokenizer/train.js";
import { type PartRecipe, partName, partSchema } from "./parts/index.js";

const vocabSize = z
  .number()
  .int()
  .min(BASE_VOCABULARY, `expected at least ${BASE_VOCABULARY}: the bytes and the special tokens`)
  .max(LARGEST_VOCABULARY, `expected at most ${LARGEST_VOCABULARY}; for more give the path of a tokenizer.json`);

const fields = {
  /** Documentation for readers. */
  description: z.string().optional(),
  seed: z.number().int().min(0).default(0),
  tokenizer: z.union([
    z.string().transform((from) => ({ from })),
    /** The path of a tokenizer.json, or of a folder with one, relative to the recipe; in short the path alone. */
    z.strictObject({ from: z.string() }),
    /** A byte-level BPE with exactly `vocabSize` tokens. */
    z.strictObject({
      vocabSize,
      /** The model's context length, for tokenizer_config.json. */
      modelMaxLength: z.number().int().positive(),
      /** Names of the parts it is trained on; default all. */
      parts: z.array(z.string()).min(1).optional(),
    }),
  ]),
  /** Share of documents and conversations kept from training. */
  heldOut: z.number().min(0).max(0.5).default(0.02),
};

const recipeSchema = z.strictObject({
  ...fields,
  /** What the data are made of; `kind` says how: see `parts/index.ts`. */
  parts: z.array(partSchema).min(1),
});

/** The form for a module with corpora and conversations: two parts, named text and chat, before any others. */
const moduleFormSchema = z.strictObject({
  ...fields,
  module: z.string(),
  text: z.strictObject({ corpora: z.record(z.string(), z.unknown()) }),
  chat: z.looseObject({}),
  parts: z.array(partSchema).default([]),
});

/** What `prepareData` makes a dataset from. */
export type DataRecipe = z.output<typeof recipeSchema> & {
  /** The folder that files and modules are named relative to. */
  dir: string;
};

/**
 * Checks a data recipe whose files lie in `dir`.
 * @throws TrainingError `invalid_recipe`, naming the field.
 */
export function parseDataRecipe(json: unknown, dir: string): DataRecipe {
  const recipe = validate(recipeSchema, isModuleForm(json) ? partsOf(json) : json);
  const names = recipe.parts.map(partName);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new TrainingError("invalid_recipe", `The data recipe has two parts named "${twice}"; give one another name`);
  const { tokenizer } = recipe;
  const unknown = "parts" in tokenizer ? tokenizer.parts?.find((name) => !names.includes(name)) : undefined;
  if (unknown !== undefined)
    throw new TrainingError(
      "invalid_recipe",
      `The data recipe's tokenizer.parts: no part is named "${unknown}"; there are ${names.join(", ")}`,
    );
  return { ...recipe, dir };
}

const isModuleForm = (json: unknown): boolean => "module" in Object(json) || !("parts" in Object(json));

function partsOf(json: unknown): z.input<typeof recipeSchema> {
  const { module, text, chat, parts, ...rest } = validate(moduleFormSchema, json);
  const corpora = { ...text, name: "text", kind: "corpora", module };
  const conversations = { ...chat, name: "chat", kind: "conversations", module };
  return { ...rest, parts: [corpora, conversations, ...parts] } as z.input<typeof recipeSchema>;
}

function validate<T>(schema: z.ZodType<T>, json: unknown): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new TrainingError("invalid_recipe", `The data recipe is not valid:\n${z.prettifyError(parsed.error)}`);
}

/**
 * Reads a data recipe.
 * @throws TrainingError `invalid_recipe` when the file cannot be read, is not JSON or not valid.
 */
export async function readDataRecipe(path: string, { workspace }: RecipeOptions = {}): Promise<DataRecipe> {
  try {
    const recipe = parseDataRecipe(JSON.parse(await readFile(path, "utf8")), dirname(resolve(path)));
    return workspace === undefined
      ? recipe
      : { ...recipe, parts: recipe.parts.map((part) => movedPart(part, recipe.dir, workspace)) };
  } catch (error) {
    const reason = (error as Error).message;
    throw new TrainingError("invalid_recipe", `${path}: ${reason}; docs/training.md has the fields`);
  }
}

function movedPart(part: PartRecipe, dir: string, workspace: string): PartRecipe {
  if (part.kind === "corpora" || part.kind === "conversations") return part;
  return { ...part, files: part.files.map((file) => moveDataFile(file, dir, workspace)) };
}
