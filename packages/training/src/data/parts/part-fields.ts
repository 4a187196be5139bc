import * as z from "zod";

/** Recipe fields of every part. */
export const partFields = {
  /** What training recipes call it; default its kind. */
  name: z
    .string()
    .regex(/^[a-z0-9-]+$/, "lower-case letters, digits and dashes")
    .optional(),
};

/** Recipe fields of parts made from files. */
export const fileFields = {
  ...partFields,
  /** Files, or patterns such as "texts/**\/*.txt", relative to the recipe. */
  files: z.union([z.string().transform((file) => [file]), z.array(z.string()).min(1)]),
};

/** Recipe fields of parts made from rows. */
export const rowFields = {
  ...fileFields,
  /** Where rows call a field otherwise: for example {"text": "story"}. */
  columns: z
    .strictObject({
      text: z.string().optional(),
      prompt: z.string().optional(),
      completion: z.string().optional(),
      messages: z.string().optional(),
      tools: z.string().optional(),
    })
    .prefault({}),
};
