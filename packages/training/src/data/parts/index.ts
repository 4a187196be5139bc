import * as z from "zod";
import { conversationsPart } from "./conversations.js";
import { corporaPart } from "./corpora.js";
import type { PartKind } from "./data-part.js";
import { jsonlPart } from "./jsonl.js";
import { parquetPart } from "./parquet.js";
import { textPart } from "./text.js";

/** Every kind of part a data recipe can name: one line each. */
const partKinds = [textPart, jsonlPart, parquetPart, corporaPart, conversationsPart] as const;

type SchemasOf<T extends readonly { schema: z.ZodObject }[]> = { -readonly [I in keyof T]: T[I]["schema"] };

/** A part of a data recipe, of any kind. */
export const partSchema = z.discriminatedUnion(
  "kind",
  partKinds.map(({ schema }) => schema) as unknown as SchemasOf<typeof partKinds>,
);
export type PartRecipe = z.output<typeof partSchema>;

/** The kind behind a part of a recipe. */
export function partKindOf({ kind }: Pick<PartRecipe, "kind">): PartKind<PartRecipe> {
  // The schema is a union over the registry: the kind is there, and the fields are those of its kind.
  return partKinds.find((part) => part.kind === kind) as unknown as PartKind<PartRecipe>;
}

/** What training recipes call a part. */
export const partName = ({ name, kind }: PartRecipe): string => name ?? kind;
