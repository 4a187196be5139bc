import * as z from "zod";

const plainObject = z.record(z.string(), z.unknown());

export const responseFormatSchema = z
  .discriminatedUnion(
    "type",
    [
      z.looseObject({ type: z.literal("text") }),
      z.looseObject({ type: z.literal("json_object") }),
      z.looseObject({
        type: z.literal("json_schema"),
        json_schema: z.looseObject({ name: z.string().nullish(), schema: plainObject, strict: z.boolean().nullish() }),
      }),
    ],
    { error: "expected an object with type text, json_object or json_schema" },
  )
  .nullish();

/**
 * The JSON schema the prompt shows the model, if any. The model is asked to follow it; its output is not constrained.
 */
export function responseSchema(format: z.infer<typeof responseFormatSchema>): Record<string, unknown> | undefined {
  if (format?.type === "json_object") return { type: "object" };
  return format?.type === "json_schema" ? format.json_schema.schema : undefined;
}
