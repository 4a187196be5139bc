import { readFile } from "node:fs/promises";
import type { ToolDefinition } from "@cachalot/chat";
import * as z from "zod";
import { TrainingError } from "../errors.js";
import { CONVERSATION_KINDS } from "./conversations/index.js";
import { corpora } from "./corpora/index.js";

const corpusNames = corpora.map(({ name }) => name) as [string, ...string[]];

const schema = z.strictObject({
  /** Documentation for readers. */
  description: z.string().optional(),
  seed: z.number().int().min(0).default(0),
  tokenizer: z.strictObject({
    vocabSize: z.number().int().min(300).max(65536),
    /** The model's context length, for tokenizer_config.json. */
    modelMaxLength: z.number().int().positive(),
  }),
  text: z.strictObject({
    /** At most this many characters of each corpus, whole documents. */
    corpora: z.partialRecord(z.enum(corpusNames), z.strictObject({ characters: z.number().positive() })),
  }),
  chat: z.strictObject({
    tokens: z.number().int().positive(),
    /** Share of the tokens by kind. */
    kinds: z.partialRecord(z.enum(CONVERSATION_KINDS), z.number().positive()),
    /** How many common words the definitions cover. */
    words: z.number().int().positive(),
    /** Offered in `calculator` conversations. */
    tools: z.array(z.custom<ToolDefinition>((tool) => typeof tool === "object" && tool !== null)),
  }),
  /** Share of documents and conversations kept from training. */
  heldOut: z.number().min(0).max(0.5).default(0.02),
});

/** What `prepareData` makes a dataset from. */
export type DataRecipe = z.output<typeof schema>;

/** @throws TrainingError `invalid_recipe`, naming the field. */
export function parseDataRecipe(json: unknown): DataRecipe {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new TrainingError("invalid_recipe", `The data recipe is not valid:\n${z.prettifyError(parsed.error)}`);
}

/** @throws TrainingError `invalid_recipe` when the file cannot be read, is not JSON or is not valid. */
export async function readDataRecipe(path: string): Promise<DataRecipe> {
  try {
    return parseDataRecipe(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (error instanceof TrainingError) throw error;
    throw new TrainingError("invalid_recipe", `${path}: ${(error as Error).message}`);
  }
}
