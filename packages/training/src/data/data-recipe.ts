import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { TrainingError } from "../errors.js";
import type { DataSource } from "./data-source.js";

/** Fields that need no source to be checked. */
const fields = {
  /** Documentation for readers. */
  description: z.string().optional(),
  seed: z.number().int().min(0).default(0),
  tokenizer: z.strictObject({
    vocabSize: z.number().int().min(300).max(65536),
    /** The model's context length, for tokenizer_config.json. */
    modelMaxLength: z.number().int().positive(),
  }),
  /** Share of documents and conversations kept from training. */
  heldOut: z.number().min(0).max(0.5).default(0.02),
  /** The module with the material, a `DataSource` named `source`: a package, or a path relative to the recipe. */
  module: z.string(),
};

function schemaFor({ corpora, conversations, options }: DataSource) {
  return z.strictObject({
    description: fields.description,
    seed: fields.seed,
    tokenizer: fields.tokenizer,
    text: z.strictObject({
      /** At most this many characters of each corpus, whole documents. */
      corpora: z.partialRecord(z.enum(namesOf(corpora)), z.strictObject({ characters: z.number().positive() })),
    }),
    chat: z.strictObject({
      tokens: z.number().int().positive(),
      /** Share of the tokens by kind. */
      kinds: z.partialRecord(z.enum(namesOf(conversations)), z.number().positive()),
      ...options,
    }),
    heldOut: fields.heldOut,
    module: fields.module,
  });
}

const namesOf = (named: readonly { name: string }[]) => named.map(({ name }) => name) as [string, ...string[]];

/** What `prepareData` makes a dataset from. */
export type DataRecipe = z.output<ReturnType<typeof schemaFor>>;

/** @throws TrainingError `invalid_recipe`, naming the field. */
export function parseDataRecipe(json: unknown, source: DataSource): DataRecipe {
  const parsed = schemaFor(source).safeParse(json);
  if (parsed.success) return parsed.data;
  throw new TrainingError("invalid_recipe", `The data recipe is not valid:\n${z.prettifyError(parsed.error)}`);
}

/**
 * Reads a data recipe and loads the module it names. The module's code runs: take recipes from people you trust.
 * @throws TrainingError `invalid_recipe` when the file cannot be read, is not JSON or not valid, or names no module with a source.
 */
export async function readDataRecipe(path: string): Promise<{ recipe: DataRecipe; source: DataSource }> {
  try {
    const json = JSON.parse(await readFile(path, "utf8"));
    const source = await loadSource(z.object({ module: fields.module }).parse(json).module, path);
    return { recipe: parseDataRecipe(json, source), source };
  } catch (error) {
    if (error instanceof TrainingError) throw error;
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new TrainingError("invalid_recipe", `${path}: ${reason}`);
  }
}

async function loadSource(module: string, recipePath: string): Promise<DataSource> {
  let loaded: { source?: DataSource };
  try {
    const file = createRequire(pathToFileURL(resolve(recipePath))).resolve(module);
    loaded = await import(pathToFileURL(file).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new TrainingError(
      "invalid_recipe",
      `${recipePath}: cannot load the module ${module}: ${reason}; install it, or build it first (npm run build)`,
    );
  }
  if (loaded.source) return loaded.source;
  throw new TrainingError(
    "invalid_recipe",
    `${recipePath}: the module ${module} exports no \`source\`; see docs/training.md for what a data recipe's module holds`,
  );
}
